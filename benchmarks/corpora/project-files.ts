// What stands in a made-up project: Python files in services of a hundred, and beside them what Safety and Trivy look at.

const SERVICE_FILES = 100;

/** Releases with advisories in the databases of examples/, and two without. */
const PINS = [
  "Django==2.2.3",
  "Flask==0.12.2",
  "Jinja2==2.10",
  "Pillow==6.2.1",
  "PyYAML==5.1",
  "requests==2.19.1",
  "urllib3==1.24.1",
  "Werkzeug==0.14.1",
  "click==8.1.7",
  "idna==3.10",
];
const PINS_PER_SERVICE = 4;

/** Yields `count` Python files out of `source`, from its beginning again when all are used, and the other files of each service. */
export function* projectFiles(
  source: readonly (readonly [file: string, content: Buffer])[],
  count: number,
): Generator<readonly [file: string, content: Buffer | string]> {
  for (let index = 0; index < count; index += 1) {
    const service = Math.floor(index / SERVICE_FILES);
    const folder = `services/service-${String(service).padStart(2, "0")}`;
    const [file, content] = source[index % source.length] ?? ["", ""];
    if (index % SERVICE_FILES === 0) yield* otherFiles(folder, service);
    yield [`${folder}/${file}`, content];
  }
}

function* otherFiles(folder: string, service: number): Generator<readonly [file: string, content: string]> {
  const pins = Array.from({ length: PINS_PER_SERVICE }, (_, index) => PINS[(service + index * 3) % PINS.length]);
  yield [`${folder}/requirements.txt`, `${pins.join("\n")}\n`];
  yield [
    `${folder}/Dockerfile`,
    'FROM python:3.13-slim\nUSER nobody\nCOPY . /app\nHEALTHCHECK CMD ["true"]\nCMD ["python", "/app/main.py"]\n',
  ];
  for (const page of ["index", "list", "detail", "error"]) {
    yield [`${folder}/templates/${page}.html`, `<html>\n<body>\n${`<p>{{ ${page} }}</p>\n`.repeat(40)}</body>\n</html>\n`];
  }
  for (const settings of ["development", "production"]) {
    const values = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${settings}_${index}`, index]));
    yield [`${folder}/settings/${settings}.json`, `${JSON.stringify(values, null, 2)}\n`];
  }
}
