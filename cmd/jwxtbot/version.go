package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), version())
			return err
		}),
	}
}

// version is what the go command wrote into the program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "jwxtbot (unknown build)"
	}
	setting := map[string]string{}
	for _, s := range info.Settings {
		setting[s.Key] = s.Value
	}
	text := "jwxtbot " + info.Main.Version
	if rev := setting["vcs.revision"]; rev != "" {
		text += " commit " + rev
	}
	if setting["vcs.modified"] == "true" {
		text += " with changes"
	}
	return text + " " + info.GoVersion
}
