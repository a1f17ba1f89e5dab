package main

import (
	"fmt"
	"io"
	"net"
	"time"
)

func bulk(t *target) result {
	part := int64(*mib) << 20 / int64(*streams)
	return each(func(stream int, r *result) error {
		c, err := dial(t.at(0))
		if err != nil {
			return err
		}
		defer c.Close()
		buf := make([]byte, chunk)
		if *work == "down" {
			if _, err := c.Write(head('d', part)); err != nil {
				return err
			}
			r.Bytes, err = io.CopyBuffer(onlyWriter{io.Discard}, struct{ io.Reader }{c}, buf)
		} else {
			if _, err := c.Write(head('u', part)); err != nil {
				return err
			}
			for r.Bytes < part {
				k, err := c.Write(buf[:min(part-r.Bytes, chunk)])
				r.Bytes += int64(k)
				if err != nil {
					return err
				}
			}
			_, err = io.ReadFull(c, buf[:1])
		}
		if err == nil && r.Bytes != part {
			err = fmt.Errorf("%d of %d bytes came through", r.Bytes, part)
		}
		return err
	})
}

func echo(t *target) result {
	stop := make(chan struct{})
	var health asked
	told := make(chan struct{})
	if *nodes > 0 {
		go func() {
			defer close(told)
			health.ask(stop)
		}()
	}
	sum := each(func(stream int, r *result) error {
		c, err := dial(t.at(0))
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := c.Write(head('e', int64(*size))); err != nil {
			return err
		}
		buf := make([]byte, *size)
		r.latencies = make([]float64, 0, *count / *streams)
		for r.Operations < *count / *streams {
			if err := r.echo(c, buf); err != nil {
				return err
			}
			if *pace > 0 {
				time.Sleep(*pace)
			}
		}
		return nil
	})
	if *nodes > 0 {
		close(stop)
		<-told
		sum.Health = &health
		if checks := health.Rounds * *nodes; float64(health.Failures) > toleratedChecks*float64(checks) {
			sum.failed(fmt.Errorf("%d of %d health checks failed", health.Failures, checks))
		}
	}
	return sum
}

// echo sends the buffer and waits until all of it is back.
func (r *result) echo(c net.Conn, buf []byte) error {
	begin := time.Now()
	if _, err := c.Write(buf); err != nil {
		return err
	}
	if _, err := io.ReadFull(c, buf); err != nil {
		return err
	}
	r.latencies = append(r.latencies, float64(time.Since(begin).Nanoseconds())/1e3)
	r.Operations++
	return nil
}

func connect(t *target) result {
	return each(func(stream int, r *result) error {
		for i := 0; i < *count / *streams; i++ {
			begin := time.Now()
			c, err := opened(t.at(stream + i**streams))
			if err != nil {
				r.failed(err)
				continue
			}
			r.latencies = append(r.latencies, float64(time.Since(begin).Nanoseconds())/1e3)
			r.Operations++
			// Reset, so that nothing lingers here and uses up the ports towards the proxy.
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}
		return nil
	})
}

// How long a proxy may take to open a connection and to carry the first byte each way.
const openTimeout = 15 * time.Second

// opened is a connection that has carried one byte each way.
func opened(to *net.TCPAddr) (net.Conn, error) {
	c, err := dial(to)
	if err != nil {
		return nil, err
	}
	c.SetDeadline(time.Now().Add(openTimeout))
	defer c.SetDeadline(time.Time{})
	_, err = c.Write(append(head('e', int64(*size)), 7))
	if err == nil {
		_, err = io.ReadFull(c, make([]byte, 1))
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}
