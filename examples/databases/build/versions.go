// The part of PEP 440 that facts.json needs: final releases and ranges of `<`, `<=` and `>=`. Anything else is a panic.

package main

import (
	"slices"
	"strconv"
	"strings"
)

// partition splits releases into those that any of the ranges holds and the others, in the order given.
func partition(releases, ranges []string) (inside, outside []string) {
	inside, outside = []string{}, []string{}
	for _, release := range releases {
		if slices.ContainsFunc(ranges, func(interval string) bool { return holds(interval, release) }) {
			inside = append(inside, release)
		} else {
			outside = append(outside, release)
		}
	}
	return inside, outside
}

func holds(interval, release string) bool {
	for _, clause := range strings.Split(interval, ",") {
		bound := strings.TrimLeft(clause, "<>=")
		order := compare(release, bound)
		switch strings.TrimSuffix(clause, bound) {
		case "<":
			if order >= 0 {
				return false
			}
		case "<=":
			if order > 0 {
				return false
			}
		case ">=":
			if order < 0 {
				return false
			}
		default:
			panic("not a range: " + interval)
		}
	}
	return true
}

// compare treats missing parts as zero: 2.2 equals 2.2.0.
func compare(a, b string) int {
	left, right := parts(a), parts(b)
	for len(left) < len(right) {
		left = append(left, 0)
	}
	for len(right) < len(left) {
		right = append(right, 0)
	}
	return slices.Compare(left, right)
}

func parts(release string) []int {
	var numbers []int
	for _, part := range strings.Split(release, ".") {
		number, err := strconv.Atoi(part)
		if err != nil {
			panic("not a final release: " + release)
		}
		numbers = append(numbers, number)
	}
	return numbers
}
