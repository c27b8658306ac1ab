package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
)

// typist types a line whenever one is read.
type typist []func() string

func (t *typist) Read(p []byte) (int, error) {
	if len(*t) == 0 {
		return 0, fmt.Errorf("nothing more was typed")
	}
	line := (*t)[0]()
	*t = (*t)[1:]
	return copy(p, line+"\n"), nil
}

func types(line string) func() string { return func() string { return line } }

// TestDriverTry logs in at a school by its captcha, which is read wrongly at
// first, and prints what is there.
func TestDriverTry(t *testing.T) {
	p := campus.Demo()[0]
	school := campus.New(p)
	server := httptest.NewServer(school)
	defer server.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "schools.toml")
	toml := fmt.Sprintf("[[school]]\nid = \"test\"\nname = \"示范大学\"\nvendor = %q\nurl = %q\n[school.options]\nmain = %q\n",
		p.System.Vendor(), server.URL, p.System.Options()["main"])
	if err := os.WriteFile(file, []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	a := school.Accounts()[0]
	captcha := func() string {
		picture, err := os.ReadFile(filepath.Join(dir, "captcha.png"))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := jwxttest.Campus{School: school, Number: a.Number}.Captcha(picture)
		return text
	}
	stdin := &typist{types(a.Number), types(a.Password), types("????"), captcha}
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{
		"driver", "try", "--schools", file, "--school", "test", "--picture", filepath.Join(dir, "captcha"), "--sixel",
	}, stdin, &stdout, &stderr)
	out := stdout.String()
	if code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit code %d, %s\n%s", code, &stderr, out)
	}
	for _, want := range []string{
		"the captcha was wrong", "logged in: 张三 (2022000001)\n", "\x1bP", `"course": "高等数学A（上）"`, "notices:\n", `"title":`, "logout:\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, a.Password) {
		t.Error("the password is printed")
	}
}

// TestDriverTryPictures saves grades that are pictures and prints none of them.
func TestDriverTryPictures(t *testing.T) {
	school := campus.New(campus.Profile{ID: "test", Name: "示范大学", Charset: campus.GBK, System: campus.KingoASPX{Pictures: true}})
	server := httptest.NewServer(school)
	defer server.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "schools.toml")
	toml := fmt.Sprintf("[[school]]\nid = \"test\"\nname = \"示范大学\"\nvendor = \"kingosoft\"\nurl = %q\n[school.options]\nvariant = \"aspx\"\n", server.URL)
	if err := os.WriteFile(file, []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	a := school.Accounts()[0]
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{
		"driver", "try", "--schools", file, "--school", "test", "--picture", filepath.Join(dir, "captcha"), "--term", "2022-2023-1",
	}, &typist{types(a.Number), types(a.Password)}, &stdout, &stderr)
	if out := stdout.String(); code != 0 || strings.Contains(out, `"image"`) || !strings.Contains(out, `"term": "2022-2023-1"`) {
		t.Errorf("exit code %d, %s\n%s", code, &stderr, out)
	}
	drawn, err := os.ReadFile(filepath.Join(dir, "captcha-grades-1.jpeg"))
	if err != nil || !bytes.HasPrefix(drawn, []byte("\xff\xd8\xff")) {
		t.Errorf("the picture is %.3q, %v", drawn, err)
	}
}

func TestDriverTryMisused(t *testing.T) {
	var stdout, stderr bytes.Buffer
	file := filepath.Join("..", "..", "deploy", "schools.example.toml")
	if code := run(t.Context(), []string{"driver", "try", "--schools", file, "--school", "none"}, &typist{}, &stdout, &stderr); code != exitUsage {
		t.Errorf("exit code %d, %s", code, &stderr)
	}
}

// stubborn is a driver whose school calls every captcha wrong, and asks for none.
type stubborn struct{ posts *int }

func (stubborn) Name() string { return "stubborn" }

func (d stubborn) Login(_ context.Context, _ *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	if len(a) == 0 {
		return &jwxt.Ask{Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}, nil
	}
	if *d.posts++; *d.posts > 5 {
		return nil, jwxt.Fail(jwxt.Locked, "stubborn", nil)
	}
	return nil, jwxt.Fail(jwxt.WrongCaptcha, "stubborn", nil)
}

// TestDriverTryOncePerAnswer: where nothing is asked of the person, nothing is
// posted again by itself.
func TestDriverTryOncePerAnswer(t *testing.T) {
	posts := 0
	typed := &typist{types("2020000001"), types("first"), types("second")}
	try := &tryout{driver: stubborn{&posts}, conn: &jwxt.Conn{}, in: bufio.NewReader(typed), out: io.Discard}
	if _, err := try.login(t.Context()); err == nil || jwxt.KindOf(err) == jwxt.Locked || posts != 2 {
		t.Errorf("got %v after %d posts, want the end of what was typed after 2", err, posts)
	}
}
