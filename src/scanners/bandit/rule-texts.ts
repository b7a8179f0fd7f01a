// What Bandit 1.9.4's checks are about, in words of our own: nothing of the scanned code stands in the text of a rule.

export interface RuleText {
  readonly cwe: number;
  readonly title: string;
  /** Why it matters. */
  readonly why: string;
  /** How to mend it. */
  readonly help: string;
}

const UNSAFE_XML = "The parser expands entities and external references, so a small document can exhaust memory or read local files.";
const USE_DEFUSEDXML = "Parse untrusted XML with the matching module of defusedxml.";
const SHELL = "Text that reaches a shell is a program: whoever controls part of it runs commands.";
const WITHOUT_SHELL = "Pass the program and its arguments as a list, without a shell, and check values that come from outside.";
const WEAK_CIPHER = "The algorithm has practical attacks and does not keep a secret today.";
const USE_AES = "Use an authenticated cipher such as AES-GCM or ChaCha20-Poly1305 from cryptography.";
const CODE_FROM_BYTES = "Loading such bytes can run code that whoever wrote them chose.";
const USE_PLAIN_FORMAT = "Use a format that holds only values, such as JSON, or load only what you signed yourself.";
const CLEARTEXT = "Everything, passwords included, travels unencrypted and unauthenticated.";
const WEAK_TLS = "Old protocol versions have practical attacks, so the connection can be read or changed.";
const USE_TLS = "Use ssl.create_default_context() and leave the minimum version at TLS 1.2 or later.";
const SQL_TEXT = "A value that becomes part of an SQL text can change the statement.";
const BIND_SQL = "Keep the statement constant and pass values as bound parameters.";
const SECRET_IN_CODE = "Whoever can read the code has the secret, and it stays in the history after it is removed.";
const SECRET_ELSEWHERE = "Read the secret from the environment or a secret store, and replace it: it is known now.";
const UNESCAPED = "Text that is marked as safe reaches the page unescaped, so a value from a user can be a script.";
const SILENT = "Errors disappear, also those that show an attack or a failed check.";

/** One check a line: id, CWE, title, why it matters, how to mend it. */
const TABLE = `
B101 | 703 | Assert statement | Python removes asserts when it optimises, so a check made with one disappears. | Raise an exception where the check must hold; asserts in tests are fine.
B102 | 78 | Use of exec | exec runs any text as code. | Replace it by a function or a table of functions.
B103 | 732 | Permissive file mode | Other users of the machine may change or run the file. | Give the narrowest mode that works, such as 0o600 or 0o644.
B104 | 605 | Listening on all interfaces | The service is reachable from every network the machine is in. | Bind to one address, 127.0.0.1 for local use.
B105 | 259 | Hard-coded password in a string | ${SECRET_IN_CODE} | ${SECRET_ELSEWHERE}
B106 | 259 | Hard-coded password as an argument | ${SECRET_IN_CODE} | ${SECRET_ELSEWHERE}
B107 | 259 | Hard-coded password as a default value | ${SECRET_IN_CODE} | ${SECRET_ELSEWHERE}
B108 | 377 | Predictable temporary path | Another user can create the file first and choose what it holds or where it leads. | Use tempfile.mkstemp, NamedTemporaryFile or TemporaryDirectory.
B110 | 703 | Exception passed over | ${SILENT} | Catch only what you expect and log it.
B112 | 703 | Exception skipped in a loop | ${SILENT} | Catch only what you expect and log it before the next round.
B113 | 400 | HTTP request without a timeout | A server that does not answer blocks the caller for ever. | Pass timeout= with every request.
B201 | 94 | Flask in debug mode | The debugger lets a visitor run code on the server. | Never set debug=True in code that is deployed; use a setting of the development environment.
B202 | 22 | Archive extracted without a filter | Members can leave the target directory by .., absolute names or links. | Pass filter="data" to extractall, or check every member first.
B301 | 502 | Deserialisation with pickle or a relative of it | ${CODE_FROM_BYTES} | ${USE_PLAIN_FORMAT}
B302 | 502 | Deserialisation with marshal | ${CODE_FROM_BYTES} | ${USE_PLAIN_FORMAT}
B303 | 327 | Weak hash: MD2, MD4, MD5 or SHA-1 | Collisions can be made at will. | Use SHA-256 or better; for passwords a slow hash such as Argon2.
B304 | 327 | Weak cipher | ${WEAK_CIPHER} | ${USE_AES}
B305 | 327 | Weak cipher mode | Equal blocks encrypt to equal blocks, which shows structure and allows blocks to be moved. | ${USE_AES}
B306 | 377 | Use of mktemp | Another process can take the name before it is used. | Use tempfile.mkstemp or NamedTemporaryFile.
B307 | 78 | Use of eval | eval runs any text as code. | Use ast.literal_eval for values, or a parser.
B308 | 79 | Use of mark_safe | ${UNESCAPED} | Build HTML with format_html, which escapes its arguments.
B310 | 22 | URL opened with any scheme | file: and other schemes are accepted too, so an address from outside can read local files. | Check that the scheme is https before opening it.
B311 | 330 | Predictable random numbers | The values can be predicted from earlier ones. | Use secrets for tokens, keys and passwords.
B312 | 319 | Telnet connection | ${CLEARTEXT} | Use SSH.
B313 | 20 | XML parsed with cElementTree | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B314 | 20 | XML parsed with ElementTree | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B315 | 20 | XML parsed with expatreader | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B316 | 20 | XML parsed with expatbuilder | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B317 | 20 | XML parsed with sax | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B318 | 20 | XML parsed with minidom | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B319 | 20 | XML parsed with pulldom | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B321 | 319 | FTP connection | ${CLEARTEXT} | Use SFTP, or FTP over TLS.
B323 | 295 | TLS context without verification | Anyone on the way can pose as the server. | Use ssl.create_default_context().
B324 | 327 | Weak hash for security | Collisions can be made at will. | Use SHA-256 or better, or say usedforsecurity=False where security does not depend on it.
B401 | 319 | Import of telnetlib | ${CLEARTEXT} | Use SSH.
B402 | 319 | Import of ftplib | ${CLEARTEXT} | Use SFTP, or FTP over TLS.
B403 | 502 | Import of pickle or a relative of it | ${CODE_FROM_BYTES} | ${USE_PLAIN_FORMAT}
B404 | 78 | Import of subprocess | Starting programs is worth a look wherever values from outside take part. | ${WITHOUT_SHELL}
B405 | 20 | Import of xml.etree | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B406 | 20 | Import of xml.sax | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B407 | 20 | Import of expatbuilder | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B408 | 20 | Import of minidom | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B409 | 20 | Import of pulldom | ${UNSAFE_XML} | ${USE_DEFUSEDXML}
B411 | 20 | Import of xmlrpc | ${UNSAFE_XML} | Call defusedxml.xmlrpc.monkey_patch() first.
B412 | 284 | Import of a CGI handler | A Proxy header of a request becomes HTTP_PROXY, so a visitor redirects outgoing requests (httpoxy). | Use WSGI, or drop the Proxy header.
B413 | 327 | Import of pyCrypto | The library is no longer maintained and has known flaws. | Use cryptography.
B415 | 319 | Import of pyghmi | IPMI is weakly protected by design. | Use an encrypted protocol such as Redfish over https.
B501 | 295 | Request without certificate verification | Anyone on the way can pose as the server. | Leave verify at its default, or name the certificate authority.
B502 | 327 | Insecure TLS version | ${WEAK_TLS} | ${USE_TLS}
B503 | 327 | Insecure TLS version as a default | ${WEAK_TLS} | ${USE_TLS}
B504 | 327 | TLS without a protocol version | ${WEAK_TLS} | ${USE_TLS}
B505 | 326 | Short key | Keys of this length can be broken. | Use RSA with 3072 bits or more, or a 256-bit elliptic curve.
B506 | 20 | Unsafe yaml.load | ${CODE_FROM_BYTES} | Use yaml.safe_load.
B507 | 295 | SSH host key not verified | Anyone on the way can pose as the server. | Use RejectPolicy and known host keys.
B508 | 319 | SNMP version 1 or 2 | ${CLEARTEXT} | Use SNMPv3 with authentication and encryption.
B509 | 319 | SNMPv3 without encryption | ${CLEARTEXT} | Set an authentication and a privacy key.
B601 | 78 | Remote command through Paramiko | ${SHELL} | Keep the command constant, or quote every value with shlex.quote.
B602 | 78 | Process started through a shell | ${SHELL} | ${WITHOUT_SHELL}
B603 | 78 | Process started with arguments from variables | A value from outside can name the program or be read as an option. | Check that program and arguments cannot be chosen from outside.
B604 | 78 | Function called with shell=True | ${SHELL} | ${WITHOUT_SHELL}
B605 | 78 | Command run by a shell | ${SHELL} | ${WITHOUT_SHELL}
B606 | 78 | Process started without a shell | A value from outside can name the program or be read as an option. | Check that program and arguments cannot be chosen from outside.
B607 | 78 | Program named without its path | Whoever controls PATH decides which program runs. | Name the program by its absolute path, or control PATH.
B608 | 89 | SQL put together from strings | ${SQL_TEXT} | ${BIND_SQL}
B609 | 155 | Wildcard in a command | A file name that starts with - is read as an option. | List files in Python, or put -- or ./ before the wildcard.
B610 | 89 | Django extra() | ${SQL_TEXT} | Express the query with the ORM, or pass values through params.
B611 | 89 | Django RawSQL | ${SQL_TEXT} | Express the query with the ORM, or pass values through params.
B612 | 94 | Logging configuration from a socket | Whoever can connect can run code through the configuration. | Pass verify= with a check of a signature, or do not listen.
B613 | 838 | Bidirectional control characters | The code reads in another order than it runs, so a reviewer is misled. | Remove the characters, or write them as escapes.
B614 | 502 | Unsafe torch.load | ${CODE_FROM_BYTES} | Pass weights_only=True, or use safetensors.
B615 | 494 | Model or data set without a pinned revision | Whoever controls the repository decides what is loaded tomorrow. | Pass revision= with a commit id.
B701 | 94 | Jinja2 without autoescape | ${UNESCAPED} | Pass autoescape=select_autoescape().
B702 | 80 | Mako template | Mako does not escape by default, so a value from a user can be a script. | Use default_filters=["h"] or escape every value.
B703 | 80 | Value marked as safe in Django | ${UNESCAPED} | Build HTML with format_html, which escapes its arguments.
B704 | 79 | Value marked as safe with Markup | ${UNESCAPED} | Pass constants to Markup and values through Markup.format.
`;

/** By check id. */
export const RULE_TEXTS: ReadonlyMap<string, RuleText> = new Map(TABLE.trim().split("\n").map(parseRow));

function parseRow(row: string): [string, RuleText] {
  const [id = "", cwe = "", title = "", why = "", help = ""] = row.split(" | ");
  return [id, { cwe: Number(cwe), title, why, help }];
}
