//! What a command pays to read and write the process image, and a tick to freeze and flush it.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use gantry_hardware::{Channel, ChannelId, Image, ImageBuilder, Kind};

/// A robot with 8 mechanisms of 8 outputs and 8 inputs each.
fn robot() -> (Image, ChannelId, ChannelId, ChannelId) {
    let mut builder = ImageBuilder::new();
    let mut last = None;
    for m in 0..8 {
        let mechanism = builder
            .add_mechanism(format!("m{m}"))
            .expect("names differ");
        for c in 0..8 {
            let output = Channel::output(format!("m{m}.out{c}"), Kind::Number, mechanism);
            let output = builder
                .add_channel(output.range(-12.0, 12.0))
                .expect("names differ");
            let input = Channel::input(format!("m{m}.in{c}"), Kind::Number);
            let input = builder.add_channel(input).expect("names differ");
            last = Some((mechanism, output, input));
        }
    }
    let (mechanism, output, input) = last.expect("there are channels");
    let strip = Channel::output("strip", Kind::Array { length: 24 }, mechanism);
    let strip = builder.add_channel(strip).expect("names differ");
    let image = builder.build();
    image.set_owner(mechanism, 1);
    image.set_enabled(true);
    (image, output, input, strip)
}

fn access(c: &mut Criterion) {
    let (image, output, input, strip) = robot();
    let colors = [0.5; 24];
    let mut group = c.benchmark_group("image");
    group.bench_function("read number", |b| b.iter(|| image.number(black_box(input))));
    group.bench_function("write number", |b| {
        b.iter(|| image.write_number(black_box(output), 1, black_box(6.0)));
    });
    group.bench_function("write number, refused", |b| {
        b.iter(|| image.write_number(black_box(output), 2, black_box(6.0)));
    });
    group.bench_function("write array of 24", |b| {
        b.iter(|| image.write_array(black_box(strip), 1, black_box(&colors)));
    });
    group.bench_function("tick of 129 channels", |b| {
        b.iter(|| {
            image.begin_tick(black_box(Duration::from_millis(20)));
            image.flush();
        });
    });
    group.finish();
}

criterion_group!(benches, access);
criterion_main!(benches);
