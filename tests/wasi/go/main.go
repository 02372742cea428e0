// A Go program of the standard library alone: what it prints is checked by ../programs.py.
package main

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

type file struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Hash string `json:"hash"`
}

func list(root string) ([]file, error) {
	var found []file
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		hash := sha256.New()
		size, err := io.Copy(hash, f)
		found = append(found, file{path, size, fmt.Sprintf("%x", hash.Sum(nil)[:8])})
		return err
	})
	return found, err
}

func pack(path string, text string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	z := gzip.NewWriter(f)
	if _, err := z.Write([]byte(text)); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

func sumOf(count int, workers int) int {
	parts := make(chan int)
	for w := 0; w < workers; w++ {
		go func(w int) {
			sum := 0
			for i := w; i < count; i += workers {
				sum += i
			}
			parts <- sum
		}(w)
	}
	sum := 0
	for w := 0; w < workers; w++ {
		sum += <-parts
	}
	return sum
}

func main() {
	start := time.Now()
	fmt.Println("arguments", strings.Join(os.Args[1:], " "))
	fmt.Println("variable", os.Getenv("GREETING"))
	files, err := list("/data")
	if err != nil {
		fmt.Println("list:", err)
		os.Exit(3)
	}
	text, _ := json.Marshal(files)
	fmt.Println(string(text))
	if err := pack("/data/made.gz", strings.Repeat("packed by go\n", 1000)); err != nil {
		fmt.Println("pack:", err)
		os.Exit(3)
	}
	_, err = os.Open("/data/../../etc/passwd")
	fmt.Println("outside", err != nil)
	_, err = os.Open("/data/none")
	fmt.Println("missing", errors.Is(err, fs.ErrNotExist))
	fmt.Println("sum", sumOf(1000000, 4))
	time.Sleep(20 * time.Millisecond)
	fmt.Println("slept", time.Since(start) >= 20*time.Millisecond)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println("line", strings.ToUpper(lines.Text()))
	}
	fmt.Fprintln(os.Stderr, "done")
	os.Exit(7)
}
