// Trivy's database: a bbolt file of schema version 2 and its metadata.json, the content of a Trivy cache's folder db/.

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

const source = "pip::GitHub Security Advisory Pip"

type object = map[string]any

func writeTrivy(facts Facts, folder string) error {
	path := filepath.Join(folder, "trivy.db")
	// An old file would keep its free pages.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := bbolt.Open(path, 0o644, &bbolt.Options{PageSize: 4096})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := put(db, []string{"data-source"}, source, object{
		"ID":   "ghsa",
		"Name": "GitHub Security Advisory Pip",
		"URL":  "https://github.com/advisories?query=type%3Areviewed+ecosystem%3Apip",
	}); err != nil {
		return err
	}
	for _, advisory := range facts.Advisories {
		if err := putAdvisory(db, advisory); err != nil {
			return err
		}
	}
	return writeJSON(filepath.Join(folder, "metadata.json"), object{
		"Version":      2,
		"UpdatedAt":    facts.UpdatedAt,
		"NextUpdate":   facts.UpdatedAt.Add(24 * time.Hour),
		"DownloadedAt": facts.UpdatedAt,
	})
}

func putAdvisory(db *bbolt.DB, advisory Advisory) error {
	if err := put(db, []string{source, advisory.Package}, advisory.ID, object{
		"VulnerableVersions": advisory.Vulnerable,
		"PatchedVersions":    advisory.Fixed,
		"VendorIDs":          advisory.Aliases,
	}); err != nil {
		return err
	}
	var weaknesses []string
	for _, number := range advisory.CWE {
		weaknesses = append(weaknesses, fmt.Sprintf("CWE-%d", number))
	}
	published, err := time.Parse(time.DateOnly, advisory.Published)
	if err != nil {
		return err
	}
	word, rank := rating(advisory.CVSS)
	return put(db, []string{"vulnerability"}, advisory.ID, object{
		"Title":          advisory.Title,
		"Description":    advisory.Description,
		"Severity":       strings.ToUpper(word),
		"VendorSeverity": object{"nvd": rank},
		"CVSS":           object{"nvd": object{"V3Score": advisory.CVSS}},
		"CweIDs":         weaknesses,
		"References":     references(advisory),
		"PublishedDate":  published,
	})
}

// put writes one entry in a transaction of its own: bbolt lays out the buckets of one
// transaction in the order of a Go map, which changes from run to run.
func put(db *bbolt.DB, path []string, key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists([]byte(path[0]))
		for _, name := range path[1:] {
			if err == nil {
				bucket, err = bucket.CreateBucketIfNotExists([]byte(name))
			}
		}
		if err != nil {
			return err
		}
		return bucket.Put([]byte(key), text)
	})
}

// rating is the qualitative scale of CVSS version 3, with the number Trivy uses for each step.
func rating(score float64) (word string, rank int) {
	switch {
	case score >= 9:
		return "critical", 4
	case score >= 7:
		return "high", 3
	case score >= 4:
		return "medium", 2
	default:
		return "low", 1
	}
}

func references(advisory Advisory) []string {
	links := []string{"https://nvd.nist.gov/vuln/detail/" + advisory.ID}
	for _, alias := range advisory.Aliases {
		links = append(links, "https://osv.dev/vulnerability/"+alias)
	}
	return links
}
