//! The time of the table's rows, by criterion: `scripts/bench` runs it.

mod rows;

use criterion::{Criterion, criterion_group, criterion_main};

fn all(criterion: &mut Criterion) {
    for row in rows::all() {
        let mut group = criterion.benchmark_group(row.name);
        for mut side in row.sides {
            group.bench_function(side.name, |bencher| bencher.iter(&mut side.work));
        }
        group.finish();
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
