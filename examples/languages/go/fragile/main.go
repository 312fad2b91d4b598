// The same service as in ../resilient, before its incidents: it keeps its token until it is restarted, has no timeout, tries
// until it succeeds, sends a ticket again without a key, and does not look whether an answer could be read.
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

var (
	lock  sync.Mutex
	token string
)

func currentToken() (string, error) {
	lock.Lock()
	defer lock.Unlock()
	if token != "" {
		return token, nil
	}
	answer, err := http.PostForm(os.Getenv("CRM_TOKEN_URL"), url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {os.Getenv("CRM_CLIENT_ID")},
		"client_secret": {os.Getenv("CRM_CLIENT_SECRET")},
	})
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	err = json.NewDecoder(answer.Body).Decode(&granted)
	token = granted.AccessToken
	return token, err
}

func ask(method, path string, body []byte) *http.Response {
	for {
		answer, err := once(method, path, body)
		if err == nil && answer.StatusCode < 500 {
			return answer
		}
		if err != nil {
			log.Printf("trying again: %v", err)
		} else {
			answer.Body.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func once(method, path string, body []byte) (*http.Response, error) {
	bearer, err := currentToken()
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(method, os.Getenv("CRM_BASE_URL")+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	request.Header.Set("Content-Type", "application/json")
	return http.DefaultClient.Do(request)
}

func hand(w http.ResponseWriter, answer *http.Response) {
	defer answer.Body.Close()
	w.Header().Set("Content-Type", "application/json")
	if answer.StatusCode >= 400 {
		w.WriteHeader(http.StatusBadGateway)
		w.Write([]byte(`{"error": "the CRM refused it"}`))
		return
	}
	var found struct{ ID, Status string }
	json.NewDecoder(answer.Body).Decode(&found)
	json.NewEncoder(w).Encode(map[string]string{"order": found.ID, "status": found.Status})
}

func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("{}")) })
	http.HandleFunc("/orders/", func(w http.ResponseWriter, r *http.Request) {
		hand(w, ask("GET", r.URL.Path, nil))
	})
	http.HandleFunc("/tickets", func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Subject string `json:"subject"`
		}
		json.NewDecoder(r.Body).Decode(&asked)
		body, _ := json.Marshal(asked)
		hand(w, ask("POST", "/tickets", body))
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
