;; The module of gc_module.c, whose bytes are this text's as wasm-tools 1 makes them, without names.
;; step() changes a graph below 16 roots by one random number. Nodes lose their own children when
;; they become children, so that what lives stays small; their values differ, so that a node in
;; another's place is seen.
(module
  (type $node (struct (field (mut i32)) (field (mut (ref null 0))) (field (mut (ref null 0)))))
  (type $nodes (array (mut (ref null $node))))
  (type $bytes (array (mut i8)))
  (type $box (struct (field externref) (field i64) (field (mut anyref))))
  (import "m" "f" (func $host (param externref) (result externref)))
  (global $roots (ref $nodes) (array.new_default $nodes (i32.const 16)))
  (global $first (mut (ref null $node))
    (struct.new $node (i32.const 7) (struct.new $node (i32.const 8) (ref.null $node) (ref.null $node)) (ref.null $node)))
  (global $count (mut i32) (i32.const 0))
  (table $t 16 externref)
  (func $next (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))
  (func $tree (param $d i32) (result (ref null $node))
    (if (result (ref null $node)) (i32.eqz (local.get $d))
      (then (ref.null $node))
      (else
        (struct.new $node (call $next)
          (call $tree (i32.sub (local.get $d) (i32.const 1)))
          (call $tree (i32.sub (local.get $d) (i32.const 1)))))))
  (func $sum (param $n (ref null $node)) (param $d i32) (result i32)
    (if (i32.or (ref.is_null (local.get $n)) (i32.eqz (local.get $d)))
      (then (return (i32.const 1))))
    (i32.add (i32.mul (struct.get $node 0 (local.get $n)) (i32.const 31))
      (i32.add
        (call $sum (struct.get $node 1 (local.get $n)) (i32.sub (local.get $d) (i32.const 1)))
        (i32.mul (i32.const 7)
          (call $sum (struct.get $node 2 (local.get $n)) (i32.sub (local.get $d) (i32.const 1)))))))
  (func $prune (param $n (ref null $node))
    (block $none
      (struct.set $node 1 (br_on_null $none (local.get $n)) (ref.null $node))
      (struct.set $node 2 (local.get $n) (ref.null $node))))
  (func $root (param $i i32) (result (ref null $node))
    (array.get $nodes (global.get $roots) (i32.and (local.get $i) (i32.const 15))))
  ;; several results at once; the last two are dropped before the next allocation
  (func $five (param $n (ref null $node)) (result i32 (ref null $node) i64 (ref null $node) anyref)
    (i32.const 3)
    (struct.new $node (call $next) (local.get $n) (ref.null $node))
    (i64.const 9)
    (struct.new $node (i32.const 6) (ref.null $node) (local.get $n))
    (array.new $bytes (i32.const 1) (i32.const 3)))
  (func $groups (param $n (ref null $node)) (result i32)
    (local $m (ref null $node)) (local $c i32)
    (call $five (local.get $n))
    drop
    drop
    (struct.new $node (call $next) (local.get $n) (ref.null $node))
    local.set $m
    drop                                   ;; i64
    (struct.new $node (call $next) (local.get $m) (local.get $n))
    local.set $m
    ;; i32, ref
    (local.set $c (call $sum (local.get $m) (i32.const 3)))
    i32.const 4
    call $sum
    i32.add
    local.get $c
    i32.add)
  (func $step (param $r i32) (result i32)
    (local $a i32) (local $b i32) (local $c i32)
    (local.set $a (i32.shr_u (local.get $r) (i32.const 8)))
    (local.set $b (i32.shr_u (local.get $r) (i32.const 12)))
    (local.set $c (i32.shr_u (local.get $r) (i32.const 20)))
    (block $8 (block $7 (block $6 (block $5 (block $4 (block $3 (block $2
      (br_table $2 $2 $3 $4 $5 $6 $7 $8 (i32.and (i32.shr_u (local.get $r) (i32.const 16)) (i32.const 7))))
      ;; $2: a new node above two roots, which lose their own
      (array.set $nodes (global.get $roots) (i32.and (local.get $a) (i32.const 15))
        (struct.new $node (local.get $r) (call $root (local.get $b)) (call $root (local.get $c))))
      (call $prune (call $root (local.get $b)))
      (call $prune (call $root (local.get $c)))
      (return (i32.const 1)))
      ;; $3: a link, perhaps a cycle
      (block $none
        (struct.set $node 1 (br_on_null $none (call $root (local.get $a))) (call $root (local.get $b))))
      (return (i32.const 2)))
      ;; $4: let go
      (array.set $nodes (global.get $roots) (i32.and (local.get $a) (i32.const 15)) (ref.null $node))
      (return (i32.const 3)))
      ;; $5: a tree
      (array.set $nodes (global.get $roots) (i32.and (local.get $a) (i32.const 15))
        (call $tree (i32.and (local.get $c) (i32.const 3))))
      (return (i32.const 4)))
      ;; $6: into a box, and what a cast finds in it
      (return (i32.add (i32.const 5)
        (block $is_node (result (ref $node))
          (br_on_cast $is_node anyref (ref $node)
            (struct.get $box 2
              (struct.new $box
                (extern.convert_any (array.new_fixed $nodes 2 (call $root (local.get $c)) (call $tree (i32.const 1))))
                (i64.const 1)
                (call $root (local.get $b)))))
          drop
          (return (i32.const 6)))
        (struct.get $node 0))))
      ;; $7: over a table of the other hierarchy
      (table.set $t (i32.and (local.get $a) (i32.const 15)) (extern.convert_any (call $root (local.get $b))))
      (array.set $nodes (global.get $roots) (i32.and (local.get $b) (i32.const 15))
        (ref.cast (ref null $node) (any.convert_extern (table.get $t (i32.and (local.get $c) (i32.const 15))))))
      (return (i32.const 7)))
    ;; $8
    (i32.add
      (i32.add (call $groups (call $root (local.get $a)))
        (array.get_u $bytes (array.new $bytes (local.get $r) (i32.add (i32.const 1) (i32.and (local.get $r) (i32.const 255)))) (i32.const 0)))
      (call $sum (call $root (local.get $a)) (i32.const 6))))
  (func (export "stress") (param $seed i32) (param $steps i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 1103515245)) (i32.const 12345)))
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 33)) (call $step (local.get $seed))))
      (br_if $again (local.tee $steps (i32.sub (local.get $steps) (i32.const 1)))))
    (i32.add (local.get $sum) (call $sum (global.get $first) (i32.const 3))))
  ;; the host calls $garbage while its argument and the sum's operand live in frames
  (func (export "over_host") (result i32)
    (local $n (ref null $node)) (local $x i32)
    (local.set $n (struct.new $node (i32.const 11) (ref.null $node) (ref.null $node)))
    (struct.new $node (i32.const 12) (local.get $n) (ref.null $node))
    (ref.cast (ref $node) (any.convert_extern
      (call $host (extern.convert_any (struct.new $node (i32.const 13) (ref.null $node) (ref.null $node))))))
    (i32.const 2)
    call $sum
    (i32.mul (i32.const 1000))
    local.set $x
    (i32.const 3)
    call $sum
    local.get $x
    i32.add)
)
