package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mattn/go-sixel"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
)

func driverCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "driver",
		Short: "Try a driver at a school",
	}
	cmd.AddCommand(driverTryCommand())
	return cmd
}

// tryout is a login in the terminal.
type tryout struct {
	schools, id, term, picture string
	sixel                      bool

	in       *bufio.Reader
	terminal *os.File // where a password can be typed unseen; nil for a pipe
	out      io.Writer
	driver   jwxt.Driver
	conn     *jwxt.Conn
	account  string
	password string
}

func driverTryCommand() *cobra.Command {
	t := &tryout{}
	cmd := &cobra.Command{
		Use:   "try --school ID",
		Short: "Log in at a school in the terminal and print what the driver reads there",
		Long: `Log in at a school in the terminal, as a student of it, and print what the
driver reads there as JSON: grades, timetable, examinations, notices, columns it
does not know among them. Then log out.

The captcha is saved as a picture whose path is printed; --sixel draws it in a
terminal that can. The password is read unseen, sent once for each answer, and
kept nowhere. A captcha that must be dragged needs the login page of the bot.`,
		Example: `  jwxtbot driver try --schools schools.toml --school example`,
		Args:    cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			t.in, t.out = bufio.NewReader(cmd.InOrStdin()), cmd.OutOrStdout()
			if f, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(f.Fd())) {
				t.terminal = f
			}
			return t.run(cmd.Context())
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&t.schools, "schools", "schools.toml", "the file that describes the school")
	flags.StringVar(&t.id, "school", "", "its id there")
	flags.StringVar(&t.term, "term", "", "read one term only, such as 2024-2025-1")
	flags.StringVar(&t.picture, "picture", filepath.Join(os.TempDir(), "captcha"), "where the captcha is saved, and beside it grades that are pictures; its ending is added")
	flags.BoolVar(&t.sixel, "sixel", false, "draw the captcha in the terminal, too")
	_ = cmd.MarkFlagRequired("school")
	return cmd
}

func (t *tryout) run(ctx context.Context) error {
	of, err := jwxt.Term{}, error(nil)
	if t.term != "" {
		if of, err = jwxt.ParseTerm(t.term); err != nil {
			return misused("%v", err)
		}
	}
	school, err := t.school()
	if err != nil {
		return err
	}
	client, err := fetch.New(school)
	if err != nil {
		return misconfigured(err)
	}
	defer client.Close()
	if t.driver, err = drivers.For(school); err != nil {
		return misconfigured(err)
	}
	t.conn = &jwxt.Conn{School: school, HTTP: client}
	who, err := t.login(ctx)
	if err != nil {
		return schoolFailure(err)
	}
	fmt.Fprintf(t.out, "logged in: %s (%s)\n", cmp.Or(who.Name, "name unknown"), who.Number)
	failed := t.read(ctx, of)
	if l, ok := jwxt.As[jwxt.LogoutCaller](t.driver); ok {
		t.show("logout", "done", l.Logout(ctx, t.conn))
	}
	if failed {
		return &failure{code: exitFailure}
	}
	return nil
}

func (t *tryout) school() (jwxt.School, error) {
	list, err := config.LoadSchools(t.schools, known())
	if err != nil {
		return jwxt.School{}, misconfigured(err)
	}
	i := slices.IndexFunc(list, func(s jwxt.School) bool { return s.ID == t.id })
	if i < 0 {
		return jwxt.School{}, misused("%s has no school %q", t.schools, t.id)
	}
	return list[i], nil
}

// login asks until the school lets in or refuses for good.
func (t *tryout) login(ctx context.Context) (jwxt.Student, error) {
	step, err := t.driver.Login(ctx, t.conn, nil)
	for {
		switch {
		case err != nil && jwxt.KindOf(err) == jwxt.WrongCaptcha:
			fmt.Fprintf(t.out, "the captcha was wrong: %s\n", jwxt.SaidOf(err))
			step, err = t.driver.Login(ctx, t.conn, nil)
			continue
		case err != nil:
			return jwxt.Student{}, err
		}
		ask, ok := step.(*jwxt.Ask)
		if !ok {
			return step.(*jwxt.Done).Student, nil
		}
		answers, err2 := t.answer(ask)
		if err2 != nil {
			return jwxt.Student{}, err2
		}
		step, err = t.driver.Login(ctx, t.conn, answers)
	}
}

// answer asks the person for what the school wants. Account and password are
// asked for once, but for a password that would be sent again with nothing else
// to answer: that is for the person to decide.
func (t *tryout) answer(ask *jwxt.Ask) (jwxt.Answers, error) {
	answers := jwxt.Answers{}
	if !ask.Unposted && !slices.ContainsFunc(ask.Fields, typedAnew) {
		t.password = ""
	}
	for _, field := range ask.Fields {
		var err error
		switch field {
		case jwxt.FieldAccount:
			if t.account == "" {
				t.account, err = t.line("account")
			}
			answers[field] = t.account
		case jwxt.FieldPassword:
			if t.password == "" {
				t.password, err = t.unseen("password")
			}
			answers[field] = t.password
		case jwxt.FieldCaptcha:
			if err = t.draw(t.picture, ask.Image); err == nil {
				answers[field], err = t.line("captcha")
			}
		case jwxt.FieldDrag:
			err = errors.New("this school's captcha must be dragged, which a terminal cannot do; log in with the bot's login page")
		default:
			answers[field], err = t.line(string(field))
		}
		if err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// typedAnew reports whether a field is asked for each time.
func typedAnew(k jwxt.FieldKind) bool { return k != jwxt.FieldAccount && k != jwxt.FieldPassword }

// line asks for a line.
func (t *tryout) line(name string) (string, error) {
	fmt.Fprintf(t.out, "%s: ", name)
	s, err := t.in.ReadString('\n')
	if err != nil && s == "" {
		return "", fmt.Errorf("no %s was given", name)
	}
	return strings.TrimRight(s, "\r\n"), nil
}

// unseen asks for a line that a terminal does not show.
func (t *tryout) unseen(name string) (string, error) {
	if t.terminal == nil {
		return t.line(name)
	}
	fmt.Fprintf(t.out, "%s: ", name)
	b, err := term.ReadPassword(int(t.terminal.Fd()))
	fmt.Fprintln(t.out)
	return string(b), err
}

// draw saves a picture, as path with its ending, for the person to look at.
func (t *tryout) draw(path string, picture []byte) error {
	img, format, err := image.Decode(bytes.NewReader(picture))
	path += "." + cmp.Or(format, "img")
	if err := os.WriteFile(path, picture, 0o600); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "picture: %s\n", path)
	if t.sixel && err == nil {
		err = sixel.NewEncoder(t.out).Encode(img)
		fmt.Fprintln(t.out)
	}
	if t.sixel && err != nil {
		fmt.Fprintf(t.out, "it cannot be drawn here: %v\n", err)
	}
	return nil
}

// read prints all that the driver can read, and reports whether any of it failed.
func (t *tryout) read(ctx context.Context, of jwxt.Term) (failed bool) {
	if r, ok := jwxt.As[jwxt.GradeReader](t.driver); ok {
		v, err := r.Grades(ctx, t.conn, of)
		for i, p := range v.Pictures {
			if err == nil && len(p.Image) > 0 {
				err = t.draw(fmt.Sprintf("%s-grades-%d", t.picture, i+1), p.Image)
			}
			v.Pictures[i].Image = nil
		}
		failed = t.show("grades", v, err) || failed
	}
	if r, ok := jwxt.As[jwxt.TimetableReader](t.driver); ok {
		v, err := r.Timetable(ctx, t.conn, of)
		failed = t.show("timetable", v, err) || failed
	}
	if r, ok := jwxt.As[jwxt.ExamReader](t.driver); ok {
		v, err := r.Exams(ctx, t.conn, of)
		failed = t.show("exams", v, err) || failed
	}
	if r, ok := jwxt.As[jwxt.NoticeReader](t.driver); ok {
		v, err := r.Notices(ctx, t.conn, 1)
		failed = t.show("notices", v, err) || failed
	}
	return failed
}

// show prints what was read. What a school does not have is no failure.
func (t *tryout) show(name string, v any, err error) (failed bool) {
	fmt.Fprintf(t.out, "%s:\n", name)
	return printParsed(t.out, v, err) != nil && jwxt.KindOf(err) != jwxt.Unsupported
}
