package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
)

// cpu is the process's user and system time in seconds; clock ticks are 1/100 s on Linux.
func cpu() float64 {
	if *pid == 0 {
		return 0
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", *pid))
	check(err)
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100
}

// rss is the process's resident memory in KiB.
func rss() float64 {
	if *pid == 0 {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", *pid))
	check(err)
	for _, line := range strings.Split(string(status), "\n") {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib
		}
	}
	return 0
}

// quantile sorts what it is given; 0 of nothing.
func quantile(of []float64, q float64) float64 {
	if len(of) == 0 {
		return 0
	}
	sort.Float64s(of)
	return of[int(float64(len(of)-1)*q)]
}
