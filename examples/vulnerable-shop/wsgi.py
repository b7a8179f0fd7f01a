"""Starts the shop."""

from flask.cli import load_dotenv

from shop import create_app

load_dotenv()
app = create_app()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8000, debug=True)
