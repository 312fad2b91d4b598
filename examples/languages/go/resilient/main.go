// Orders and tickets for the service desk, in Go with its standard library alone: what a caller of a CRM needs to live through
// bad days. See ../../node/resilient.mjs: the same program in another language.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	attemptTimeout = 400 * time.Millisecond
	refreshAhead   = 600 * time.Second
	usualLife      = time.Hour
	deliverEvery   = 300 * time.Millisecond
	longestAnswer  = 10 << 20
)

// The waits before each attempt; there are as many attempts as waits.
var waits = []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond}

var client = &http.Client{Timeout: attemptTimeout}

type unavailable struct{ error }
type refused struct{ error }

// What its users may ask.

type orderPage struct {
	Order  string `json:"order"`
	Status string `json:"status"`
}

func findOrder(id string) (*orderPage, error) {
	var order struct{ ID, Status *string }
	if err := ask("GET", "/orders/"+url.PathEscape(id), nil, "", waits, &order); err != nil {
		return nil, err
	}
	if order.ID == nil || *order.ID != id || order.Status == nil {
		return nil, unavailable{errors.New("the CRM's order has another form than expected")}
	}
	return &orderPage{*order.ID, *order.Status}, nil
}

type ticket struct{ subject, key string }

func deliver(t ticket, waits []time.Duration) (string, error) {
	body, err := json.Marshal(map[string]string{"subject": t.subject})
	if err != nil {
		return "", err
	}
	var opened struct{ ID *string }
	if err := ask("POST", "/tickets", body, t.key, waits, &opened); err != nil {
		return "", err
	}
	if opened.ID == nil {
		return "", unavailable{errors.New("the CRM's ticket has another form than expected")}
	}
	return *opened.ID, nil
}

// How it asks the CRM.

func ask(method, path string, body []byte, key string, waits []time.Duration, found any) error {
	var reason error
	for _, wait := range waits {
		time.Sleep(wait)
		reason = once(method, path, body, key, found)
		if reason == nil || errors.As(reason, &refused{}) || errors.As(reason, &unavailable{}) {
			return reason
		}
	}
	return unavailable{fmt.Errorf("the CRM cannot be asked at the moment: %w", reason)}
}

// One attempt; all of it has to fit into its time, the token's renewal included.
func once(method, path string, body []byte, key string, found any) error {
	ctx, cancel := context.WithTimeout(context.Background(), attemptTimeout)
	defer cancel()
	token, err := tokens.current(ctx)
	if err != nil {
		return err
	}
	answer, err := send(ctx, method, path, body, key, token)
	if err == nil && answer.StatusCode == http.StatusUnauthorized {
		answer.Body.Close()
		if token, err = tokens.replaced(ctx, token); err == nil {
			answer, err = send(ctx, method, path, body, key, token)
		}
	}
	if err != nil {
		return err
	}
	return understood(answer, found)
}

func send(ctx context.Context, method, path string, body []byte, key, token string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, os.Getenv("CRM_BASE_URL")+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", key)
	}
	return client.Do(request)
}

func understood(answer *http.Response, found any) error {
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, longestAnswer))
	switch {
	case err != nil:
		return err
	case answer.StatusCode == http.StatusTooManyRequests || answer.Header.Get("Retry-After") != "":
		return unavailable{errors.New("the CRM asks to come back later")}
	case answer.StatusCode >= 500:
		return fmt.Errorf("the CRM answered %d", answer.StatusCode)
	case answer.StatusCode >= 400:
		return refused{fmt.Errorf("the CRM answered %d", answer.StatusCode)}
	}
	return json.Unmarshal(text, found)
}

// The token that all share: whoever finds it due asks for another, and the others wait for that, each as long as it has time.

type tokenKeeper struct {
	turn  chan struct{}
	token string
	due   time.Time
}

var tokens = tokenKeeper{turn: make(chan struct{}, 1)}

func (keeper *tokenKeeper) current(ctx context.Context) (string, error) {
	return keeper.inTurn(ctx, func() bool { return time.Now().Before(keeper.due) })
}

func (keeper *tokenKeeper) replaced(ctx context.Context, old string) (string, error) {
	return keeper.inTurn(ctx, func() bool { return keeper.token != old })
}

func (keeper *tokenKeeper) inTurn(ctx context.Context, good func() bool) (string, error) {
	select {
	case keeper.turn <- struct{}{}:
		defer func() { <-keeper.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if keeper.token != "" && good() {
		return keeper.token, nil
	}
	return keeper.renewed(ctx)
}

func (keeper *tokenKeeper) renewed(ctx context.Context) (string, error) {
	// Whatever becomes of this, the old token is not sent again.
	keeper.token = ""
	asked := time.Now()
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {os.Getenv("CRM_CLIENT_ID")},
		"client_secret": {os.Getenv("CRM_CLIENT_SECRET")},
	}
	request, err := http.NewRequestWithContext(
		ctx, "POST", os.Getenv("CRM_TOKEN_URL"), strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	var granted struct {
		AccessToken string          `json:"access_token"`
		ExpiresIn   json.RawMessage `json:"expires_in"`
	}
	if err := understood(answer, &granted); err != nil {
		return "", err
	}
	if granted.AccessToken == "" {
		return "", errors.New("the token endpoint's answer has another form than expected")
	}
	lives := life(granted.ExpiresIn)
	if lives > refreshAhead {
		lives -= refreshAhead
	} else {
		lives /= 2
	}
	keeper.token, keeper.due = granted.AccessToken, asked.Add(lives)
	return keeper.token, nil
}

// Not every server says how long a token lives, or writes a number; a refusal is the last word anyway.
func life(told json.RawMessage) time.Duration {
	var seconds float64
	if json.Unmarshal(bytes.Trim(told, `"`), &seconds) != nil || seconds <= 0 || seconds > 1e9 {
		return usualLife
	}
	return time.Duration(seconds * float64(time.Second))
}

// Tickets that wait for the CRM, in order. A program that may be restarted keeps them in its database.

var waiting = make(chan ticket, 1000)

func deliverWaiting() {
	for pause := true; ; pause = len(waiting) == 0 {
		t := <-waiting
		if pause {
			time.Sleep(deliverEvery)
		}
		for !delivered(t) {
			time.Sleep(deliverEvery)
		}
	}
}

func delivered(t ticket) bool {
	_, err := deliver(t, waits[:1])
	if errors.As(err, &refused{}) {
		log.Printf("ticket %s cannot be delivered and needs a person: %v", t.key, err)
		return true
	}
	return err == nil
}

// The service.

func main() {
	go deliverWaiting()
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, 200, struct{}{}) })
	http.HandleFunc("/orders/", func(w http.ResponseWriter, r *http.Request) {
		found, err := findOrder(strings.TrimPrefix(r.URL.Path, "/orders/"))
		if err != nil {
			fail(w, r, err)
			return
		}
		say(w, 200, found)
	})
	http.HandleFunc("/tickets", openTicket)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func openTicket(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Subject string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		say(w, 400, map[string]string{"error": "the body is no JSON"})
		return
	}
	t := ticket{asked.Subject, newKey()}
	opened, err := deliver(t, waits)
	switch {
	case err == nil:
		say(w, 201, map[string]any{"ticket": opened, "status": "created"})
	case errors.As(err, &unavailable{}):
		waiting <- t
		say(w, 202, map[string]any{"ticket": nil, "status": "queued"})
	default:
		fail(w, r, err)
	}
}

func newKey() string {
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		panic(err)
	}
	return fmt.Sprintf("%x-%x-4%x-8%x-%x", random[:4], random[4:6], random[6:8], random[8:10], random[10:])
}

func fail(w http.ResponseWriter, r *http.Request, err error) {
	log.Printf("%s %s: %v", r.Method, r.URL.Path, err)
	status := http.StatusServiceUnavailable
	if errors.As(err, &refused{}) {
		status = http.StatusBadGateway
	}
	say(w, status, map[string]string{"error": err.Error()})
}

func say(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}
