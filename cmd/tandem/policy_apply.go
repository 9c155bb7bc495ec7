package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"tandem/api"
	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// remote says which running server a verb speaks to, instead of opening data.
type remote struct {
	Server    string `help:"Address of a running server, such as https://pbx.example.com; without it the verb opens the data itself." placeholder:"URL"`
	TokenFile string `help:"File that holds an API token for --server; without it the environment variable TANDEM_TOKEN is taken." type:"existingfile" placeholder:"FILE"`
	CA        string `help:"File with the certificate to trust for --server, such as the one in its data directory." name:"ca" type:"existingfile" placeholder:"FILE"`
}

// answerTime bounds one question to a server.
const answerTime = 2 * time.Minute

// ask sends one request with the token, and reads the answer. A refusal is told in the words of the server.
func (r remote) ask(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	got, err := r.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer func() { _ = got.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(got.Body, 64<<20))
	if err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

// save writes the answer to a request, however large it is and however long it takes.
func (r remote) save(ctx context.Context, path string, to io.Writer) error {
	got, err := r.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	defer func() { _ = got.Body.Close() }()
	_, err = io.Copy(to, got.Body)
	return err
}

// send sends one request with the token; the answer is one that was granted.
func (r remote) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	token := os.Getenv("TANDEM_TOKEN")
	if r.TokenFile != "" {
		b, err := os.ReadFile(r.TokenFile)
		if err != nil {
			return nil, err
		}
		token = string(b)
	}
	if token = strings.TrimSpace(token); token == "" {
		return nil, errors.New("a server wants a token; give --token-file, or set TANDEM_TOKEN (tandem token create makes one)")
	}
	client, err := r.client()
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(r.Server, "/")+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	got, err := client.Do(req)
	if err != nil || got.StatusCode/100 == 2 {
		return got, err
	}
	defer func() { _ = got.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(got.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	var problem struct{ Message string }
	if json.Unmarshal(b, &problem) == nil && problem.Message != "" {
		return nil, fmt.Errorf("%s (%s)", problem.Message, got.Status)
	}
	return nil, fmt.Errorf("%s %s: %s", method, path, got.Status)
}

func (r remote) client() (*http.Client, error) {
	if r.CA == "" {
		return http.DefaultClient, nil
	}
	pem, err := os.ReadFile(r.CA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", r.CA)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}, nil
}

// wanted is a file of rights with whoever puts it into force.
type wanted struct {
	where  `embed:""`
	remote `embed:""`
	As     string `help:"E-mail address of the person who does it: all rights are asked of that person. With --server it is the owner of the token." placeholder:"EMAIL"`
	File   string `arg:"" help:"File that tandem policy export wrote, with your changes." type:"existingfile"`
}

type policyPlanCommand struct {
	wanted `embed:""`
}

// Run shows what a file would change, beside a running server or over its API.
func (c policyPlanCommand) Run(ctx context.Context, std streams) error {
	const reason = "plan"
	if c.Server != "" {
		p, err := c.over(ctx, "?dry=1", reason, "")
		if err != nil {
			return err
		}
		return tell(std.out, p)
	}
	return c.beside(ctx, std, func(m *planner) error {
		p, err := m.plan(ctx, reason)
		if err != nil {
			return err
		}
		return tell(std.out, p)
	}, false)
}

type policyApplyCommand struct {
	wanted `embed:""`
	Reason string `help:"Why; it stands at every line of the log." required:"" placeholder:"WORDS"`
	Plan   string `help:"Name of the plan that was looked at, as tandem policy plan prints it: nothing else is done." placeholder:"NAME"`
}

// Run puts a file into force, in one change or not at all.
func (c policyApplyCommand) Run(ctx context.Context, std streams) error {
	if c.Server != "" {
		p, err := c.over(ctx, "?dry=1", c.Reason, c.Plan)
		if err != nil {
			return err
		}
		if err := tell(std.out, p); err != nil || len(p.Steps) == 0 {
			return err
		}
		if _, err = c.over(ctx, "", c.Reason, p.Plan); err != nil {
			return err
		}
		return done(std.out, len(p.Steps))
	}
	return c.beside(ctx, std, func(m *planner) error {
		p, err := m.plan(ctx, c.Reason)
		if err != nil {
			return err
		}
		if c.Plan != "" && c.Plan != p.Plan {
			return pbx.Refuse(pbx.Conflict, "plan", "text.plan_moved")
		}
		if err := tell(std.out, p); err != nil || len(p.Steps) == 0 {
			return err
		}
		if _, err := m.Desk.Do(ctx, m.who, command.ApplyText{Text: m.text, Reason: c.Reason, Plan: p.Plan}); err != nil {
			return err
		}
		return done(std.out, len(p.Steps))
	}, true)
}

func done(out io.Writer, n int) error {
	_, err := fmt.Fprintf(out, "applied: %d\n", n)
	return err
}

// over asks a running server.
func (c wanted) over(ctx context.Context, query, reason, plan string) (p api.PolicyPlan, err error) {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return p, err
	}
	in := map[string]string{"text": string(text), "reason": reason}
	if plan != "" {
		in["plan"] = plan
	}
	return p, c.ask(ctx, "PUT", "/v1/policy"+query, in, &p)
}

// beside opens the data and acts as a person of that office.
func (c wanted) beside(ctx context.Context, std streams, f func(*planner) error, alone bool) (err error) {
	if c.As == "" {
		return errors.New("say who does it with --as and an e-mail address; all rights are asked of that person")
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	open := c.open
	if alone {
		open = c.alone
	}
	m, err := open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, _ := m.Directory.View()
	u := s.ByEmail(c.As)
	if u == nil {
		return fmt.Errorf("nobody has the address %s", c.As)
	}
	say := func(t i18n.Text) string { return m.Catalog.Say(i18n.English, t) }
	return f(&planner{Desk: m.Desk, snapshot: s, say: say, text: string(text), who: pbx.Actor{Kind: pbx.ActorUser, User: u.ID, Via: "cli"}})
}

// planner plans a text on opened data.
type planner struct {
	*command.Desk
	snapshot *pbx.Snapshot
	say      func(i18n.Text) string
	text     string
	who      pbx.Actor
}

// plan is what the API would answer.
func (m *planner) plan(ctx context.Context, reason string) (p api.PolicyPlan, err error) {
	r, err := m.Try(ctx, m.who, command.ApplyText{Text: m.text, Reason: reason})
	var refusal *pbx.Error
	if err != nil && !(errors.As(err, &refusal) && refusal.Text.Key == "text.problems") {
		return p, err
	}
	p.Plan = command.PlanName(r.Steps)
	for _, s := range r.Steps {
		shown := api.PolicyStep{Action: s.Action(), Line: s.Number, Before: s.Before, After: s.After}
		if s.Problem != nil {
			p.Problems++
			shown.Problem = &api.ImportProblem{Message: m.say(policy.Worded(m.snapshot, s.Problem.Text, m.say))}
		}
		p.Steps = append(p.Steps, shown)
	}
	return p, nil
}

// tell prints a plan; one with problems ends the verb.
func tell(out io.Writer, p api.PolicyPlan) error {
	var b strings.Builder
	count := map[string]int{}
	for _, s := range p.Steps {
		count[s.Action]++
		if s.Before != "" {
			b.WriteString("- " + s.Before + "\n")
		}
		if s.After != "" {
			b.WriteString("+ " + s.After + "\n")
		}
		if s.Problem != nil {
			where := ""
			if s.Line > 0 {
				where = fmt.Sprintf("line %d: ", s.Line)
			}
			b.WriteString("  ! " + where + s.Problem.Message + "\n")
		}
	}
	fmt.Fprintf(&b, "plan %s: %d to add, %d to change, %d to remove\n", p.Plan, count["add"], count["change"], count["remove"])
	if p.Problems > 0 {
		fmt.Fprintf(&b, "%d in the way; nothing was changed\n", p.Problems)
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return err
	}
	if p.Problems > 0 {
		return errShown
	}
	return nil
}
