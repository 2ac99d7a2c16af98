//! One list of tests for several shapes: each function of the list takes a `Topology` and is a test of each shape.

macro_rules! suite {
    ([$($shape:ident),+] $list:tt) => {
        files!($list);
        shapes!([$($shape),+] $list);
    };
}

macro_rules! shapes {
    ([$($shape:ident),+] $list:tt) => {
        $(shape!($shape: $list);)+
    };
}

macro_rules! files {
    ({$($file:ident: $($name:ident),+;)+}) => {
        $(mod $file;)+
    };
}

macro_rules! shape {
    ($shape:ident: {$($file:ident: $($name:ident),+;)+}) => {
        mod $shape {
            $(mod $file {
                $(#[tokio::test]
                async fn $name() {
                    super::super::$file::$name(crate::harness::Topology::$shape()).await;
                })+
            })+
        }
    };
}
