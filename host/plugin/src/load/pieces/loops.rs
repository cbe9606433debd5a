//! The loops that stand for memory operations, as they are written in the binary format.

/// Bytes of one piece, which takes some ten microseconds.
pub(super) const PIECE: i32 = 64 << 10;

/// A piece that is not the last is followed by so many instructions that do nothing but cost
/// [`NOP_COST`] each: together what stands for its time at 5 GB/s.
const NOPS: usize = 26;
/// What the engine charges for a `nop`, of which guests have none otherwise.
pub(crate) const NOP_COST: u8 = 250;

/// A memory operation. All of them take a destination, a source or value, and a length.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Fill { mem: u32 },
    Init { data_index: u32, mem: u32 },
    Copy { dst_mem: u32, src_mem: u32 },
}

/// Instructions, as they are written in the binary format.
mod op {
    pub(super) const UNREACHABLE: u8 = 0x00;
    pub(super) const NOP: u8 = 0x01;
    pub(super) const LOOP: u8 = 0x03;
    pub(super) const IF: u8 = 0x04;
    pub(super) const ELSE: u8 = 0x05;
    pub(super) const END: u8 = 0x0b;
    pub(super) const BR: u8 = 0x0c;
    pub(super) const SELECT: u8 = 0x1b;
    pub(super) const LOCAL_GET: u8 = 0x20;
    pub(super) const LOCAL_SET: u8 = 0x21;
    pub(super) const LOCAL_TEE: u8 = 0x22;
    pub(super) const I32_CONST: u8 = 0x41;
    pub(super) const I32_LT_U: u8 = 0x49;
    pub(super) const I32_LE_U: u8 = 0x4d;
    pub(super) const I32_ADD: u8 = 0x6a;
    pub(super) const I32_SUB: u8 = 0x6b;
    pub(super) const PREFIX: u8 = 0xfc;
    pub(super) const MEMORY_INIT: u8 = 8;
    pub(super) const MEMORY_COPY: u8 = 10;
    pub(super) const MEMORY_FILL: u8 = 11;
    /// The type of a block without parameters and results.
    pub(super) const EMPTY: u8 = 0x40;
}

/// Writes loops. Their locals come after those of the function.
pub(super) struct Pieces<'a> {
    /// Index of the first of them.
    pub(super) first: u32,
    /// Where to write.
    pub(super) to: &'a mut Vec<u8>,
}

impl Pieces<'_> {
    const DESTINATION: u32 = 0;
    const SOURCE: u32 = 1;
    const LEFT: u32 = 2;
    const PIECE: u32 = 3;
    /// How many there are, of type i32.
    pub(super) const LOCALS: u32 = 4;

    /// Writes the loop of an operation.
    pub(super) fn operation(&mut self, operation: Operation) {
        self.local(op::LOCAL_SET, Self::LEFT);
        self.local(op::LOCAL_SET, Self::SOURCE);
        self.local(op::LOCAL_SET, Self::DESTINATION);
        match operation {
            Operation::Copy { dst_mem, src_mem } if dst_mem == src_mem => {
                self.get(Self::DESTINATION);
                self.get(Self::SOURCE);
                self.write(&[op::I32_LE_U, op::IF, op::EMPTY]);
                self.forwards(operation);
                self.write(&[op::ELSE]);
                self.backwards(operation);
                self.write(&[op::END]);
            }
            _ => self.forwards(operation),
        }
    }

    /// From the beginning. What would end beyond the memory traps when it gets there, rather than
    /// before it begins, which nobody can tell: a run that has trapped is over.
    fn forwards(&mut self, operation: Operation) {
        self.write(&[op::LOOP, op::EMPTY]);
        self.get(Self::DESTINATION);
        self.get(Self::SOURCE);
        self.piece(op::LOCAL_TEE);
        self.one(operation);
        self.subtract_piece();
        let moves: &[u32] = match operation {
            Operation::Fill { .. } => &[Self::DESTINATION],
            Operation::Copy { .. } | Operation::Init { .. } => &[Self::DESTINATION, Self::SOURCE],
        };
        self.again(moves);
    }

    /// From the end, as a copy to a higher address in the same memory has to be.
    fn backwards(&mut self, operation: Operation) {
        self.write(&[op::LOOP, op::EMPTY]);
        self.piece(op::LOCAL_SET);
        self.subtract_piece();
        self.end_of(Self::DESTINATION);
        self.get(Self::DESTINATION);
        self.trap_if_less();
        self.end_of(Self::DESTINATION);
        self.end_of(Self::SOURCE);
        self.get(Self::PIECE);
        self.one(operation);
        self.again(&[]);
    }

    /// Ends a loop, unless something is left; then these addresses move on by a piece.
    fn again(&mut self, moves: &[u32]) {
        self.get(Self::LEFT);
        self.write(&[op::IF, op::EMPTY]);
        for address in moves {
            self.get(*address);
            self.piece_constant();
            self.write(&[op::I32_ADD]);
            self.local(op::LOCAL_TEE, *address);
            self.piece_constant();
            self.trap_if_less();
        }
        self.write(&[op::NOP; NOPS]);
        self.write(&[op::BR, 1, op::END, op::END]);
    }

    /// The lesser of what is left and a piece.
    fn piece(&mut self, keep: u8) {
        self.get(Self::LEFT);
        self.piece_constant();
        self.get(Self::LEFT);
        self.piece_constant();
        self.write(&[op::I32_LT_U, op::SELECT]);
        self.local(keep, Self::PIECE);
    }

    fn piece_constant(&mut self) {
        self.write(&[op::I32_CONST]);
        signed(PIECE, self.to);
    }

    fn one(&mut self, operation: Operation) {
        self.write(&[op::PREFIX]);
        match operation {
            Operation::Fill { mem } => {
                self.write(&[op::MEMORY_FILL]);
                unsigned(mem, self.to);
            }
            Operation::Init { data_index, mem } => {
                self.write(&[op::MEMORY_INIT]);
                unsigned(data_index, self.to);
                unsigned(mem, self.to);
            }
            Operation::Copy { dst_mem, src_mem } => {
                self.write(&[op::MEMORY_COPY]);
                unsigned(dst_mem, self.to);
                unsigned(src_mem, self.to);
            }
        }
    }

    fn end_of(&mut self, address: u32) {
        self.get(address);
        self.get(Self::LEFT);
        self.write(&[op::I32_ADD]);
    }

    /// What goes beyond the address space must not begin again at its start.
    fn trap_if_less(&mut self) {
        self.write(&[op::I32_LT_U, op::IF, op::EMPTY, op::UNREACHABLE, op::END]);
    }

    fn subtract_piece(&mut self) {
        self.get(Self::LEFT);
        self.get(Self::PIECE);
        self.write(&[op::I32_SUB]);
        self.local(op::LOCAL_SET, Self::LEFT);
    }

    fn get(&mut self, local: u32) {
        self.local(op::LOCAL_GET, local);
    }

    fn local(&mut self, instruction: u8, local: u32) {
        self.write(&[instruction]);
        unsigned(self.first.saturating_add(local), self.to);
    }

    fn write(&mut self, bytes: &[u8]) {
        self.to.extend_from_slice(bytes);
    }
}

/// LEB128.
pub(super) fn unsigned(mut value: u32, to: &mut Vec<u8>) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            return to.push(byte);
        }
        to.push(byte | 0x80);
    }
}

/// Signed LEB128.
fn signed(mut value: i32, to: &mut Vec<u8>) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        let sign = byte & 0x40 != 0;
        if (value == 0 && !sign) || (value == -1 && sign) {
            return to.push(byte);
        }
        to.push(byte | 0x80);
    }
}
