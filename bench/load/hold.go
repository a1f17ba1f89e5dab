package main

import (
	"net"
	"time"
)

// How long a proxy may take to settle before its memory is read.
const settle = time.Second

// held is what many connections at once cost.
type held struct {
	Open         int     `json:"open"`
	RSSBeforeMiB float64 `json:"rss_before_mib"`
	RSSHeldMiB   float64 `json:"rss_held_mib"`
	RSSAfterMiB  float64 `json:"rss_after_mib"`
	KiBEach      float64 `json:"kib_each"`
	OpenMicros   float64 `json:"open_cpu_us"`
	EchoMicros   float64 `json:"echo_cpu_us"`
	EchoP99      float64 `json:"echo_p99_us"`
}

// hold opens the connections, reads what the process has grown by while they are idle, sends
// echoes over all of them by turns, and closes them.
func hold(t *target) result {
	h := held{RSSBeforeMiB: rss() / 1024}
	before := cpu()
	perStream := make([][]net.Conn, *streams)
	r := each(func(stream int, r *result) error {
		for i := stream; i < *count; i += *streams {
			c, err := opened(t.at(i))
			if err != nil {
				return err // with fewer than asked for it is not what was to be measured
			}
			perStream[stream] = append(perStream[stream], c)
			r.Operations++
		}
		return nil
	})
	h.Open = r.Operations
	if h.Open < *count {
		r.Held = &h
		return r
	}
	h.OpenMicros = (cpu() - before) * 1e6 / float64(h.Open)
	time.Sleep(settle)
	kib := rss()
	h.RSSHeldMiB = kib / 1024
	h.KiBEach = (kib - h.RSSBeforeMiB*1024) / float64(h.Open)
	if *echoes > 0 {
		before = cpu()
		sent := each(func(stream int, r *result) error {
			buf := make([]byte, *size)
			own := perStream[stream]
			for i := 0; len(own) > 0 && i < *echoes / *streams; i++ {
				c := own[i%len(own)]
				c.SetDeadline(time.Now().Add(openTimeout))
				if err := r.echo(c, buf); err != nil {
					return err
				}
			}
			return nil
		})
		r.Failures += sent.Failures
		if sent.Operations > 0 {
			h.EchoMicros = (cpu() - before) * 1e6 / float64(sent.Operations)
			h.EchoP99 = quantile(sent.latencies, 0.99)
		}
	}
	for _, own := range perStream {
		for _, c := range own {
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}
	}
	time.Sleep(settle)
	h.RSSAfterMiB = rss() / 1024
	r.Held = &h
	return r
}
