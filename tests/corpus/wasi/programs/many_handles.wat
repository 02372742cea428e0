;; Takes stdout and a pollable that is ready, drops both: as often as it is asked to.
(component
  (import "wasi:io/poll@0.2.12" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $p))))))
  (alias export $poll "pollable" (type $pollable))
  (alias export $poll "[method]pollable.block" (func $block))
  (import "wasi:io/streams@0.2.12" (instance $streams
    (export "output-stream" (type (sub resource)))))
  (alias export $streams "output-stream" (type $output))
  (import "wasi:clocks/monotonic-clock@0.2.12" (instance $clock
    (alias outer 1 $pollable (type $outer))
    (export "pollable" (type $p (eq $outer)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $p))))))
  (alias export $clock "subscribe-duration" (func $after))
  (import "wasi:cli/stdout@0.2.12" (instance $stdout
    (alias outer 1 $output (type $outer))
    (export "output-stream" (type $s (eq $outer)))
    (export "get-stdout" (func (result (own $s))))))
  (alias export $stdout "get-stdout" (func $get))
  (core func $get-core (canon lower (func $get)))
  (core func $after-core (canon lower (func $after)))
  (core func $block-core (canon lower (func $block)))
  (core func $drop-pollable (canon resource.drop $pollable))
  (core func $drop-output (canon resource.drop $output))
  (core module $m
    (import "e" "get" (func $get (result i32)))
    (import "e" "after" (func $after (param i64) (result i32)))
    (import "e" "block" (func $block (param i32)))
    (import "e" "drop-pollable" (func $drop-pollable (param i32)))
    (import "e" "drop-output" (func $drop-output (param i32)))
    (func (export "loop") (param $n i32) (result i32)
      (local $p i32) (local $highest i32)
      (loop $again
        (call $drop-output (call $get))
        (local.set $p (call $after (i64.const 0)))
        (call $block (local.get $p))
        (if (i32.gt_u (local.get $p) (local.get $highest))
          (then (local.set $highest (local.get $p))))
        (call $drop-pollable (local.get $p))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $again (local.get $n)))
      (local.get $highest)))
  (core instance $i (instantiate $m (with "e" (instance
    (export "get" (func $get-core)) (export "after" (func $after-core))
    (export "block" (func $block-core)) (export "drop-pollable" (func $drop-pollable))
    (export "drop-output" (func $drop-output))))))
  (func (export "repeat") (param "times" u32) (result u32) (canon lift (core func $i "loop"))))
