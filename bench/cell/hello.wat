;; The smallest component that says hello: wasi:cli/stdout and nothing else, no libc, no adapter.
(component
  (import "wasi:io/error@0.2.0" (instance $error
    (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error-type))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (alias outer 1 $error-type (type $e))
    (export "error" (type $err (eq $e)))
    (export "output-stream" (type $out (sub resource)))
    (type $failed (own $err))
    (type $stream-error (variant (case "last-operation-failed" $failed) (case "closed")))
    (export "stream-error" (type $se (eq $stream-error)))
    (type $self (borrow $out))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" $self) (param "contents" (list u8)) (result (result (error $se)))))))
  (alias export $streams "output-stream" (type $stream))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $stream (type $s))
    (export "output-stream" (type $out (eq $s)))
    (type $own (own $out))
    (export "get-stdout" (func (result $own)))))

  (core module $memory (memory (export "memory") 1)
    (data (i32.const 64) "hello\n"))
  (core instance $m (instantiate $memory))
  (alias core export $m "memory" (core memory $mem))
  (alias export $stdout "get-stdout" (func $get))
  (alias export $streams "[method]output-stream.blocking-write-and-flush" (func $write))
  (core func $get-lowered (canon lower (func $get)))
  (core func $write-lowered (canon lower (func $write) (memory $mem)))
  (core func $drop-lowered (canon resource.drop $stream))

  (core module $main
    (import "host" "get" (func $get (result i32)))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (import "host" "drop" (func $drop (param i32)))
    (import "host" "memory" (memory 1))
    (func (export "run") (result i32)
      (local $out i32)
      (local.set $out (call $get))
      (call $write (local.get $out) (i32.const 64) (i32.const 6) (i32.const 0))
      (call $drop (local.get $out))
      (i32.load8_u (i32.const 0))))
  (core instance $run (instantiate $main (with "host" (instance
    (export "get" (func $get-lowered))
    (export "write" (func $write-lowered))
    (export "drop" (func $drop-lowered))
    (export "memory" (memory $mem))))))
  (alias core export $run "run" (core func $core-run))
  (func $lifted (result (result)) (canon lift (core func $core-run)))
  (component $shape
    (import "run" (func $f (result (result))))
    (export "run" (func $f)))
  (instance $exported (instantiate $shape (with "run" (func $lifted))))
  (export "wasi:cli/run@0.2.0" (instance $exported)))
