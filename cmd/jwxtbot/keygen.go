package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"jwxtbot/store/seal"
)

func keygenCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "keygen FILE",
		Short: "Write a new random key to FILE, which must not exist",
		Long: `Write a new random key to FILE, which must not exist, readable by its owner only.

Everything personal in the database is sealed with this key. Without it nobody
can read the database, the bot included: back it up, but not beside the database.`,
		Args: cobra.ExactArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			if err := seal.Generate(args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "wrote a new key to %s\n", args[0])
			return err
		}),
	}
}
