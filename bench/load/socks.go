package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"
)

const (
	commandConnect   = 1
	commandAssociate = 3
)

func dial(to *net.TCPAddr) (net.Conn, error) {
	if *socks == "" {
		return net.Dial("tcp4", to.String())
	}
	c, err := net.Dial("tcp4", *socks)
	if err != nil {
		return nil, err
	}
	if _, err := handshake(c, commandConnect, to.IP, to.Port); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// handshake asks the proxy for a connection or an association and returns the address it tells.
func handshake(c net.Conn, command byte, ip net.IP, port int) (*net.UDPAddr, error) {
	c.SetDeadline(time.Now().Add(openTimeout))
	defer c.SetDeadline(time.Time{})
	if _, err := c.Write([]byte{5, 1, 0}); err != nil {
		return nil, err
	}
	var reply [10]byte
	if _, err := io.ReadFull(c, reply[:2]); err != nil {
		return nil, fmt.Errorf("no answer to the greeting: %w", err)
	}
	if _, err := c.Write(append([]byte{5, command, 0}, address(ip, port)...)); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(c, reply[:]); err != nil {
		return nil, fmt.Errorf("no answer to the request: %w", err)
	}
	if reply[1] != 0 || reply[3] != 1 {
		return nil, fmt.Errorf("the proxy answered %d with an address of type %d", reply[1], reply[3])
	}
	return &net.UDPAddr{IP: append(net.IP{}, reply[4:8]...), Port: int(binary.BigEndian.Uint16(reply[8:]))}, nil
}

// address is the form that requests and datagrams begin with.
func address(ip net.IP, port int) []byte {
	return binary.BigEndian.AppendUint16(append([]byte{1}, ip.To4()...), uint16(port))
}
