package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
)

// Getenv is os.Getenv or a test's stand-in.
type Getenv func(string) string

var tokenShape = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{10,100}$`)

// Token finds the bot's token: $JWXTBOT_TOKEN, else the file that token_file
// names, else the systemd credential "token". Errors never quote it.
func (c *Config) Token(env Getenv) (jwxt.Secret, error) {
	text, from := env("JWXTBOT_TOKEN"), "$JWXTBOT_TOKEN"
	if text == "" {
		from = c.tokenFile
		if from == "" {
			from = credential(env, "token")
		}
		if from == "" {
			return "", errors.New("no bot token: set telegram.token_file or $JWXTBOT_TOKEN; @BotFather gives one")
		}
		b, err := os.ReadFile(from)
		if err != nil {
			return "", fmt.Errorf("cannot read the bot token: %w", err)
		}
		text = string(b)
	}
	text = strings.TrimSpace(text)
	if !tokenShape.MatchString(text) {
		return "", fmt.Errorf("what %s holds is not a bot token; one looks like 123456789:AAE4…", from)
	}
	return jwxt.Secret(text), nil
}

// KeyFiles finds the key that seals the database and the older keys that may
// still open parts of it: $JWXTBOT_KEY_FILE, else key_file, else the systemd
// credential "key".
func (c *Config) KeyFiles(env Getenv) (current string, older []string, err error) {
	for _, path := range []string{env("JWXTBOT_KEY_FILE"), c.keyFile, credential(env, "key")} {
		if path != "" {
			return path, c.oldKeyFiles, nil
		}
	}
	return "", nil, errors.New("no key: make one with `jwxtbot keygen FILE` and name it in data.key_file or $JWXTBOT_KEY_FILE")
}

// Database is the path of the database: in data.dir, else in the folder that
// systemd made for the service.
func (c *Config) Database(env Getenv) (string, error) {
	dir := c.DataDir
	if dir == "" {
		dir, _, _ = strings.Cut(env("STATE_DIRECTORY"), ":")
	}
	if dir == "" {
		return "", errors.New("no data folder: set data.dir")
	}
	return filepath.Join(dir, "jwxtbot.db"), nil
}

// credential is the path of a systemd credential, "" where there is none.
func credential(env Getenv, name string) string {
	dir := env("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return ""
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}
