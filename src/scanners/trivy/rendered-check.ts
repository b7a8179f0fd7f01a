// A check of our own (https://trivy.dev/docs/latest/guide/scanner/misconfiguration/custom/) that fails for every document a chart renders, and says which of
// Trivy's checks fail for it. Trivy leaves a failed check out of its report when the rendered text asks for that in a comment, which a template may put
// together only while it is rendered; this one it cannot leave out, as no comment stands on its line.

/** The Rego package of the check. */
export const RENDERED_CHECK_NAMESPACE = "user.sarif_gate";

/** Name of the directory for `--config-check`, below the command's own. */
export const CHECK_DIRECTORY = "checks";

/** Kinds that Trivy takes for a workload, in the `subtypes` of the checks for them. */
const WORKLOADS = `cronjob daemonset deployment deploymentconfig job pod replicaset replicationcontroller statefulset`;

/** Checks that Trivy 0.74 runs for workloads only, though they would fail for whatever has containers (trivy-checks/checks/kubernetes). */
const WORKLOAD_CHECKS = `KSV001 KSV002 KSV003 KSV004 KSV005 KSV006 KSV007 KSV008 KSV009 KSV010 KSV011 KSV012 KSV0125 KSV013 KSV014 KSV015 KSV016 KSV017 KSV018
KSV020 KSV021 KSV022 KSV023 KSV024 KSV025 KSV026 KSV027 KSV028 KSV030 KSV103 KSV104 KSV110 KSV116 KSV118 KSV119 KSV120 KSV121`;

/** Checks that are deprecated, which Trivy does not run. */
const DEPRECATED_CHECKS = "KSV032 KSV033 KSV034 KSV035";

/** The check. Its message is JSON: `[name of check, message, first line or 0]` of each failure. */
export const RENDERED_CHECK = `# METADATA
# title: Rendered document
# scope: package
# custom:
#   id: SARIF-GATE-0001
#   severity: LOW
#   input:
#     selector:
#     - type: kubernetes
package ${RENDERED_CHECK_NAMESPACE}

import rego.v1

kind := lower(object.get(input, "kind", ""))

workloads := ${regoSet(WORKLOADS)}

workload_checks := ${regoSet(WORKLOAD_CHECKS)}

kind_of_check := {"KSV039": "limitrange", "KSV040": "resourcequota"}

deprecated_checks := ${regoSet(DEPRECATED_CHECKS)}

applies(name) if {
	not name in workload_checks
	not name in deprecated_checks
	not kind_of_check[name]
}

applies(name) if {
	name in workload_checks
	kind in workloads
}

applies(name) if kind_of_check[name] == kind

failures contains [name, found.msg, object.get(found, "startline", 0)] if {
	some namespace in [data.builtin.kubernetes, data.appshield.kubernetes, data.defsec.kubernetes]
	some name, check in namespace
	applies(name)
	some found in check.deny
}

deny contains {"msg": json.marshal(failures), "startline": -1000000000, "endline": -1000000000}
`;

function regoSet(words: string): string {
  return `{${words
    .split(/\s/)
    .map((word) => `"${word}"`)
    .join(", ")}}`;
}
