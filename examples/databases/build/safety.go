// Safety's database, schema version 2.0.0: insecure.json says which releases are affected, insecure_full.json why.

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func writeSafety(facts Facts, folder string) error {
	ranges := map[string][]string{}
	advisories := map[string][]object{}
	severities := object{}
	for _, advisory := range facts.Advisories {
		entry, err := safetyAdvisory(advisory, facts.Releases[advisory.Package])
		if err != nil {
			return err
		}
		advisories[advisory.Package] = append(advisories[advisory.Package], entry)
		severities[advisory.ID] = safetySeverity(advisory.CVSS)
		for _, interval := range advisory.Vulnerable {
			if !slices.Contains(ranges[advisory.Package], interval) {
				ranges[advisory.Package] = append(ranges[advisory.Package], interval)
			}
		}
	}
	packages := object{}
	for name, releases := range facts.Releases {
		packages[name] = safetyPackage(name, releases, ranges[name])
	}
	meta := object{
		"advisory":       "sarif-gate: facts for the demo and for tests",
		"timestamp":      facts.UpdatedAt.Unix(),
		"last_updated":   facts.UpdatedAt.Format(time.DateTime),
		"base_domain":    "https://osv.dev",
		"schema_version": "2.0.0",
	}
	if err := writeJSON(filepath.Join(folder, "insecure.json"), object{"meta": meta, "vulnerable_packages": ranges}); err != nil {
		return err
	}
	meta["packages"] = packages
	meta["severities"] = severities
	return writeJSON(filepath.Join(folder, "insecure_full.json"), object{"meta": meta, "vulnerable_packages": advisories})
}

func safetyAdvisory(advisory Advisory, releases []string) (object, error) {
	published, err := time.Parse(time.DateOnly, advisory.Published)
	if err != nil {
		return nil, err
	}
	affected, _ := partition(releases, advisory.Vulnerable)
	return object{
		"specs":                   advisory.Vulnerable,
		"advisory":                advisory.Title + ". " + advisory.Description,
		"transitive":              false,
		"more_info_path":          "/vulnerability/" + advisory.ID,
		"ids":                     []object{{"type": "pyup", "id": advisory.SafetyID}, {"type": "cve", "id": advisory.ID}},
		"published_date":          published.Format("2006-Jan-02"),
		"fixed_versions":          advisory.Fixed,
		"vulnerability_resources": references(advisory),
		"affected_versions":       affected,
	}, nil
}

func safetySeverity(score float64) object {
	word, _ := rating(score)
	return object{"cvssv2": nil, "cvssv3": object{"base_score": score, "base_severity": strings.ToUpper(word)}}
}

// safetyPackage lists the releases: without insecure_versions Safety finds nothing for a requirement that is no exact pin.
func safetyPackage(name string, releases, ranges []string) object {
	insecure, secure := partition(releases, ranges)
	var latestSecure any
	if len(secure) > 0 {
		latestSecure = secure[len(secure)-1]
	}
	return object{
		"insecure_versions":     insecure,
		"secure_versions":       secure,
		"latest_version":        releases[len(releases)-1],
		"latest_secure_version": latestSecure,
		"more_info_path":        "/list?ecosystem=PyPI&q=" + name,
	}
}
