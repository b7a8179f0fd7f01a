// Builds the databases of the demo, Trivy's and Safety's, from the facts in facts.json.
// The same facts always give the same bytes. It downloads nothing and takes no facts from elsewhere.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Facts is the content of facts.json.
type Facts struct {
	UpdatedAt  time.Time           `json:"updatedAt"`
	Releases   map[string][]string `json:"releases"` // package -> a selection of its final releases, oldest first
	Advisories []Advisory          `json:"advisories"`
}

// Advisory is one published vulnerability. Package names are in PEP 503 form.
type Advisory struct {
	ID          string   `json:"id"`
	Aliases     []string `json:"aliases"`
	SafetyID    string   `json:"safetyId"` // made up, see README.md
	Package     string   `json:"package"`
	Vulnerable  []string `json:"vulnerable"` // PEP 440 ranges, any of which applies
	Fixed       []string `json:"fixed"`      // first fixed release of each range
	CVSS        float64  `json:"cvss"`       // base score, version 3
	CWE         []int    `json:"cwe"`
	Published   string   `json:"published"` // YYYY-MM-DD
	Title       string   `json:"title"`
	Description string   `json:"description"`
}

// Every file that is built, relative to the folder of facts.json.
var built = []string{
	"trivy/db/trivy.db",
	"trivy/db/metadata.json",
	"safety/insecure.json",
	"safety/insecure_full.json",
}

func main() {
	folder := flag.String("folder", "..", "folder that holds facts.json and receives the databases")
	check := flag.Bool("check", false, "write nothing; fail if the databases in the folder are not what the facts give")
	flag.Parse()
	run := build
	if *check {
		run = verify
	}
	if err := run(*folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func build(folder string) error {
	facts, err := readFacts(filepath.Join(folder, "facts.json"))
	if err != nil {
		return err
	}
	return writeDatabases(facts, folder)
}

func verify(folder string) error {
	facts, err := readFacts(filepath.Join(folder, "facts.json"))
	if err != nil {
		return err
	}
	fresh, err := os.MkdirTemp("", "databases-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := writeDatabases(facts, fresh); err != nil {
		return err
	}
	for _, name := range built {
		want, err := os.ReadFile(filepath.Join(fresh, name))
		if err != nil {
			return err
		}
		have, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		if !bytes.Equal(want, have) {
			return fmt.Errorf("%s is not what facts.json gives: run `go run .` and commit the result", name)
		}
	}
	return nil
}

func readFacts(path string) (Facts, error) {
	var facts Facts
	text, err := os.ReadFile(path)
	if err != nil {
		return facts, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&facts); err != nil {
		return facts, fmt.Errorf("%s: %w", path, err)
	}
	return facts, nil
}

func writeDatabases(facts Facts, folder string) error {
	for _, name := range built {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			return err
		}
	}
	if err := writeTrivy(facts, filepath.Join(folder, "trivy/db")); err != nil {
		return err
	}
	return writeSafety(facts, filepath.Join(folder, "safety"))
}

// writeJSON keeps `<` and `>` readable; Go sorts the keys of a map.
func writeJSON(path string, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}
