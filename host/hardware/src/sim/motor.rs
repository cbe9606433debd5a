//! DC motors with a gearbox and a current limit.

use std::f64::consts::TAU;

use super::SimError;
use super::builder::Arguments;
use super::spec::ParameterSpec;
use crate::quantity::Quantity;

/// What a motor's data sheet says, at 12 V.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotorConstants {
    /// As it is written in `motor = "…"`.
    pub name: &'static str,
    /// Without a load, in rad/s.
    pub free_speed: f64,
    /// When it is held, in N·m.
    pub stall_torque: f64,
    /// When it is held, in A.
    pub stall_current: f64,
    /// Without a load, in A.
    pub free_current: f64,
}

/// The voltage at which the constants were measured, in volts.
pub const NOMINAL_VOLTAGE: f64 = 12.0;

/// The motors that a robot can name. The figures are those of WPILib's `DCMotor` (allwpilib,
/// `wpimath/.../system/plant/DCMotor.java`), which takes them from motors.vex.com (CIM, Mini CIM,
/// BAG, 775pro), from REV Robotics (NEO, NEO 550, NEO Vortex) and from CTR Electronics and WCP
/// (Falcon 500, Kraken X60 without field-oriented control).
pub const MOTORS: &[MotorConstants] = &[
    motor("neo", 5_676.0, 2.6, 105.0, 1.8),
    motor("neo-550", 11_000.0, 0.97, 100.0, 1.4),
    motor("neo-vortex", 6_784.0, 3.6, 211.0, 3.6),
    motor("kraken-x60", 6_000.0, 7.09, 366.0, 2.0),
    motor("falcon-500", 6_380.0, 4.69, 257.0, 1.5),
    motor("cim", 5_310.0, 2.42, 133.0, 2.7),
    motor("mini-cim", 5_840.0, 1.41, 89.0, 3.0),
    motor("bag", 13_180.0, 0.43, 53.0, 1.8),
    motor("775pro", 18_730.0, 0.71, 134.0, 0.7),
];

/// Like motors on one gearbox, behind controllers that brake at 0 V.
///
/// The model is the permanent-magnet DC motor of Tyler Veness, "Controls Engineering in FRC",
/// chapter "DC brushed motors" (V = I·R + ω/Kv, τ = Kt·I, with R = 12 V / stall current,
/// Kt = stall torque / stall current and Kv = free speed / (12 V − R·free current)), and WPILib's
/// `DCMotor`. In addition, the torque that the free current makes, Kt·free current, opposes the
/// motion: so the free speed is that of the data sheet.
///
/// Kt and 1/Kv are one constant in an ideal motor. Data sheets are measured, and there they differ
/// (by a quarter for the NEO); like WPILib, this keeps speed, torque and currents as published,
/// and lets the conversion between electrical and mechanical power be off by Kt·Kv.
#[derive(Clone, Copy, Debug)]
pub struct Gearmotor {
    /// Of all motors in parallel, in ohms.
    resistance: f64,
    /// N·m at the output per ampere of all motors together.
    torque_per_ampere: f64,
    /// Volts per rad/s of the output.
    volts_per_speed: f64,
    /// N·m at the output.
    friction: f64,
    /// Amperes of all motors together.
    current_limit: f64,
}

impl Gearmotor {
    /// `count` motors behind a reduction of `gearing` (motor turns per turn of the output), each
    /// limited to `current_limit` amperes by its controller.
    pub fn new(motor: &MotorConstants, count: f64, gearing: f64, current_limit: f64) -> Self {
        let resistance = NOMINAL_VOLTAGE / (motor.stall_current * count);
        let free_current = motor.free_current * count;
        let torque_constant = motor.stall_torque / motor.stall_current;
        let voltage_constant = motor.free_speed / (NOMINAL_VOLTAGE - resistance * free_current);
        Self {
            resistance,
            torque_per_ampere: gearing * torque_constant,
            volts_per_speed: gearing / voltage_constant,
            friction: gearing * torque_constant * free_current,
            current_limit: current_limit * count,
        }
    }

    /// Reads the parameters below; `count` is the name of the one that counts motors.
    pub(super) fn from_arguments(a: &Arguments<'_>, count: &str) -> Result<Self, SimError> {
        let name = a.text("motor");
        let motor = MOTORS.iter().find(|motor| motor.name == name);
        let motor = motor.ok_or_else(|| a.bad("motor", "it is not in the table of motors"))?;
        let (count, gearing) = (a.number(count), a.number("gearing"));
        Ok(Self::new(motor, count, gearing, a.number("current-limit")))
    }

    /// The current through the motors, in amperes, when the controllers apply `volts` and the
    /// output turns at `speed` rad/s: (V − ω/Kv) / R, cut to the limit.
    pub fn current(&self, volts: f64, speed: f64) -> f64 {
        self.unlimited_current(volts, speed)
            .clamp(-self.current_limit, self.current_limit)
    }

    /// The torque on the output, in N·m, less friction: what `current` amperes make.
    pub fn torque(&self, current: f64) -> f64 {
        self.torque_per_ampere * current
    }

    /// The torque that opposes any motion of the output, in N·m.
    pub fn friction(&self) -> f64 {
        self.friction
    }

    /// The current drawn from a bus at `bus` volts, in amperes; less than zero when it is fed back.
    /// The controllers are ideal converters: what goes in, bus · current, is what the motors take.
    pub fn supply_current(&self, command: f64, speed: f64, bus: f64) -> f64 {
        if bus <= f64::EPSILON {
            return 0.0;
        }
        let current = self.current(command.clamp(-bus, bus), speed);
        let applied = current * self.resistance + speed * self.volts_per_speed;
        current * applied / bus
    }

    /// The speed of the output `h` seconds later, in rad/s, with `inertia` kg·m² and `load` N·m
    /// acting on it, and with `command` volts, of which no more than `bus` can be applied.
    ///
    /// Between the limits the equation is linear, and its solution over the step is exact:
    /// J·dω/dt = Kt·(V − ω/Kv)/R + load ∓ friction approaches its end value with the time constant
    /// J·R/(Kt/Kv). At the current limit the torque is constant.
    pub fn advance(
        &self,
        speed: f64,
        command: f64,
        bus: f64,
        inertia: f64,
        load: f64,
        h: f64,
    ) -> f64 {
        let volts = command.clamp(-bus, bus);
        let current = self.current(volts, speed);
        let push = self.torque(current) + load;
        let friction = if speed != 0.0 {
            self.friction.copysign(speed)
        } else if push.abs() <= self.friction {
            return 0.0;
        } else {
            self.friction.copysign(push)
        };
        let next = if current == self.unlimited_current(volts, speed) {
            let decay = self.torque_per_ampere * self.volts_per_speed / (self.resistance * inertia);
            let end = speed + (push - friction) / (inertia * decay);
            end + (speed - end) * (-decay * h).exp()
        } else {
            speed + h * (push - friction) / inertia
        };
        let turns_back = next * speed < 0.0;
        let at_rest = self.torque(self.current(volts, 0.0)) + load;
        if turns_back && at_rest.abs() <= self.friction {
            return 0.0;
        }
        next
    }

    fn unlimited_current(&self, volts: f64, speed: f64) -> f64 {
        (volts - speed * self.volts_per_speed) / self.resistance
    }
}

/// The parameters that every model with one gearbox has in common.
pub(super) const MOTOR: ParameterSpec = ParameterSpec::new(
    "motor",
    Quantity::Choice(&[
        "neo",
        "neo-550",
        "neo-vortex",
        "kraken-x60",
        "falcon-500",
        "cim",
        "mini-cim",
        "bag",
        "775pro",
    ]),
    "The kind of motor.",
);

pub(super) const MOTOR_COUNT: ParameterSpec = ParameterSpec::new(
    "motors",
    Quantity::Count,
    "How many motors drive the gearbox.",
)
.or(1.0)
.range(1.0, 12.0);

pub(super) const GEARING: ParameterSpec = ParameterSpec::positive(
    "gearing",
    Quantity::Ratio,
    "Turns of the motor per turn of the output.",
);

pub(super) const CURRENT_LIMIT: ParameterSpec = ParameterSpec::positive(
    "current-limit",
    Quantity::Current,
    "The most that the controller lets through each motor.",
)
.or(80.0);

const fn motor(
    name: &'static str,
    free_rpm: f64,
    stall_torque: f64,
    stall_current: f64,
    free_current: f64,
) -> MotorConstants {
    MotorConstants {
        name,
        free_speed: free_rpm * TAU / 60.0,
        stall_torque,
        stall_current,
        free_current,
    }
}
