//! Comparing what a plugin wants with what the robot has and grants.

use std::io::ErrorKind;

use gantry_scheduler::MechanismId;

use super::LoadErrorKind;
use crate::description::Description;
use crate::nearest::nearest;
use crate::policy::{Pattern, Policy};
use crate::robot::Robot;
use crate::wasi::Files;

/// Of every command, the mechanisms that it requires.
pub(super) fn check(
    description: &Description,
    policy: &Policy,
    robot: &Robot,
) -> Result<Vec<Vec<MechanismId>>, LoadErrorKind> {
    for read in &description.reads {
        check_read(read, policy, robot)?;
    }
    for publish in &description.publishes {
        let wanted = Pattern::from(publish.as_str());
        if !policy
            .publishes
            .iter()
            .any(|granted| granted.covers(&wanted))
        {
            return Err(LoadErrorKind::PublishNotGranted(publish.clone()));
        }
    }
    let commands = description.commands.iter();
    commands
        .map(|definition| {
            let requirements = definition.requirements.iter();
            requirements
                .map(|name| mechanism(&definition.name, name, policy, robot))
                .collect()
        })
        .collect()
}

fn mechanism(
    command: &str,
    name: &str,
    policy: &Policy,
    robot: &Robot,
) -> Result<MechanismId, LoadErrorKind> {
    let Some(id) = robot.mechanisms.find(name) else {
        return Err(LoadErrorKind::UnknownMechanism {
            command: command.to_owned(),
            mechanism: name.to_owned(),
            nearest: nearest(name, robot.mechanisms.names()).map(str::to_owned),
        });
    };
    if !policy.mechanisms.iter().any(|granted| granted == name) {
        return Err(LoadErrorKind::MechanismNotGranted {
            command: command.to_owned(),
            mechanism: name.to_owned(),
        });
    }
    Ok(id)
}

fn check_read(read: &str, policy: &Policy, robot: &Robot) -> Result<(), LoadErrorKind> {
    let wanted = Pattern::from(read);
    if let Some(channel) = wanted.exact()
        && robot.image.find(channel).is_none()
    {
        return Err(LoadErrorKind::UnknownChannel {
            channel: channel.to_owned(),
            nearest: robot.image.nearest(channel).map(str::to_owned),
        });
    }
    if !policy.reads.iter().any(|granted| granted.covers(&wanted)) {
        return Err(LoadErrorKind::ReadNotGranted(read.to_owned()));
    }
    Ok(())
}

/// The folder that is granted, opened if it was not.
pub(super) fn files(policy: &Policy) -> Result<Files, LoadErrorKind> {
    let Some(mut folder) = policy.folder.clone() else {
        return Ok(Files::default());
    };
    let path = folder.path.clone();
    let files = folder.open().and_then(|()| Files::new(Some(folder)));
    files.map_err(|error| LoadErrorKind::Folder {
        path,
        reason: match error.kind() {
            ErrorKind::NotADirectory => "it is not a folder".to_owned(),
            _ => error.to_string(),
        },
    })
}
