package main

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"jwxtbot/jwxt/campus"
)

func campusCommand() *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:   "campus",
		Short: "Serve the simulated schools, for anybody's jwxt client",
		Long: `Serve the simulated schools over HTTP, one port each from the given one upward.

They speak the wire protocol of the real systems, and a hook under /_campus/
tells the answers of captchas and takes orders. The hook asks nobody for a
password, so leave them on a loopback address.`,
		Args: cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			sites, err := openSites(listen)
			if err != nil {
				return err
			}
			printSites(cmd.OutOrStdout(), sites)
			printHook(cmd.OutOrStdout(), sites[0].url)
			return serve(cmd.Context(), siteServers(sites)...)
		}),
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8090", "address of the first school")
	return cmd
}

// site is one simulated school at its address.
type site struct {
	school   *campus.School
	listener net.Listener
	url      string
}

// openSites opens every simulated school, the first at addr and the others at
// the ports after it. Port 0 takes free ports.
func openSites(addr string) ([]site, error) {
	host, portText, err := net.SplitHostPort(addr)
	port, portErr := strconv.Atoi(portText)
	if err != nil || portErr != nil {
		return nil, misused("--listen %q is not an address like 127.0.0.1:8090", addr)
	}
	var sites []site
	for i, p := range campus.Demo() {
		at := "0"
		if port != 0 {
			at = strconv.Itoa(port + i)
		}
		l, err := net.Listen("tcp", net.JoinHostPort(host, at))
		if err != nil {
			closeSites(sites)
			return nil, fmt.Errorf("cannot serve %s: %w", p.Name, err)
		}
		sites = append(sites, site{campus.New(p), l, "http://" + l.Addr().String()})
	}
	return sites, nil
}

func closeSites(sites []site) {
	for _, s := range sites {
		s.listener.Close()
	}
}

// printSites prints the schools, and below those that have the same students
// these students.
func printSites(w io.Writer, sites []site) {
	for i, s := range sites {
		p := s.school.Profile()
		fmt.Fprintf(w, "%s  %s  %s\n", p.Name, p.System.Vendor(), s.url)
		students := s.students()
		if i+1 == len(sites) || sites[i+1].students() != students {
			fmt.Fprintf(w, "with these students:\n%s", students)
		}
	}
}

func (s site) students() string {
	var b strings.Builder
	for _, a := range s.school.Accounts() {
		fmt.Fprintf(&b, "  %s  %s  %s  %s\n", a.Number, a.Password, a.Name, a.About)
	}
	return b.String()
}

func siteServers(sites []site) []server {
	var out []server
	for _, s := range sites {
		out = append(out, server{s.listener, s.school})
	}
	return out
}

// printHook shows how a test of somebody else's client reads a captcha.
func printHook(w io.Writer, url string) {
	fmt.Fprintf(w, `
The hook tells a captcha's answer, by the SHA-256 of the picture or by the session's cookie:
  curl "%[1]s/_campus/captcha?sha256=$(sha256sum < picture | cut -d' ' -f1)"
  curl "%[1]s/_campus/captcha?session=$JSESSIONID"
Open %[1]s/_campus/ for all it can do: faults, expired sessions, locked accounts, the log.
`, url)
}
