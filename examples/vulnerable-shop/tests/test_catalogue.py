from shop import create_app

# Signed by nobody: the last part is plain text.
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJub3QgYSBjdXN0b21lciJ9.bm90LWEtc2lnbmF0dXJlLWp1c3Qtc29tZS13b3Jkcy1pbi1iYXNlNjQ"


def test_an_unknown_product_is_not_found():
    client = create_app().test_client()
    response = client.get("/products/0", headers={"Authorization": "Bearer " + TOKEN})
    assert response.status_code == 404
