;; Two memories without maxima, and one with a small one: how many pages each could be grown by.
(component
  (core module $m
    (memory 1)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
  (core module $small
    (memory 1 4)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
  (core module $m2
    (memory 1)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
  (core instance $a (instantiate $m))
  (core instance $b (instantiate $small))
  (core instance $c (instantiate $m2))
  (func (export "first") (param "pages" u32) (result s32) (canon lift (core func $a "grow")))
  (func (export "small") (param "pages" u32) (result s32) (canon lift (core func $b "grow")))
  (func (export "second") (param "pages" u32) (result s32) (canon lift (core func $c "grow"))))
