//! Earlier versions of the product, as far as schemas go.

use std::marker::PhantomData;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// The version that knew the first `N` migrations of `M`.
pub struct Earlier<M, const N: usize>(PhantomData<M>);

impl<M: MigratorTrait, const N: usize> MigratorTrait for Earlier<M, N> {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        M::migrations().into_iter().take(N).collect()
    }
}
