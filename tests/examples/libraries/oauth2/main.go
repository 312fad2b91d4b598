// golang.org/x/oauth2 as its documentation shows it: a client that renews by itself before the token ends. With the word `alone`
// that is all; else a token that is refused is answered by another source of tokens and one repeat.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

var (
	config = clientcredentials.Config{
		ClientID:     os.Getenv("CRM_CLIENT_ID"),
		ClientSecret: os.Getenv("CRM_CLIENT_SECRET"),
		TokenURL:     os.Getenv("CRM_TOKEN_URL"),
	}
	inTime = context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Timeout: 2 * time.Second})

	lock   sync.Mutex
	client = config.Client(inTime)
	alone  = len(os.Args) > 1 && os.Args[1] == "alone"
)

func current() *http.Client {
	lock.Lock()
	defer lock.Unlock()
	return client
}

func replaced(old *http.Client) *http.Client {
	lock.Lock()
	defer lock.Unlock()
	if client == old {
		client = config.Client(inTime)
	}
	return client
}

func getOrder(path string) (string, error) {
	used := current()
	answer, err := used.Get(os.Getenv("CRM_BASE_URL") + path)
	if err == nil && answer.StatusCode == http.StatusUnauthorized && !alone {
		answer.Body.Close()
		answer, err = replaced(used).Get(os.Getenv("CRM_BASE_URL") + path)
	}
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the CRM answered %d", answer.StatusCode)
	}
	var order struct {
		ID string `json:"id"`
	}
	return order.ID, json.NewDecoder(answer.Body).Decode(&order)
}

func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") })
	http.HandleFunc("/orders/", func(w http.ResponseWriter, r *http.Request) {
		id, err := getOrder(r.URL.Path)
		if err != nil {
			log.Print(err)
			http.Error(w, `{"error": "the CRM is away"}`, http.StatusServiceUnavailable)
			return
		}
		json.NewEncoder(w).Encode(map[string]string{"order": id})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
