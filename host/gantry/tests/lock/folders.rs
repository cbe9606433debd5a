//! A granted folder is locked where it really leads.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::{TestRobot, assert_succeeded, gantry, text};
use crate::{ROBOT, locked, refusal};

/// A robot whose `data` leads somewhere, with folders to lead to.
fn linked(to: &Path) -> TestRobot {
    let robot = TestRobot::new(ROBOT);
    for folder in ["real", "secret"] {
        fs::create_dir(robot.folder.path().join(folder)).unwrap();
    }
    symlink(to, robot.folder.path().join("data")).unwrap();
    robot.succeeds(&["lock", "robot.toml"]);
    robot
}

fn turn(robot: &TestRobot, to: &Path) {
    let link = robot.folder.path().join("data");
    fs::remove_file(&link).unwrap();
    symlink(to, link).unwrap();
}

#[test]
fn a_folder_that_is_a_link_may_not_be_turned_elsewhere() {
    let robot = linked(Path::new("real"));
    assert!(text(&robot.read("robot.lock")).contains("path = \"real\""));
    robot.succeeds(&["check", "robot.toml", "--locked"]);
    turn(&robot, Path::new("secret"));
    let expected = "plugin describes: folder.path: locked \"real\", now \"secret\"";
    assert!(refusal(&robot).contains(expected));
    turn(&robot, Path::new("/usr"));
    let expected = "plugin describes: folder.path: locked \"real\", now \"/usr\"";
    assert!(refusal(&robot).contains(expected));
    // The same folder by another name.
    turn(&robot, &robot.folder.path().join("real"));
    robot.succeeds(&["check", "robot.toml", "--locked"]);
}

#[test]
fn a_folder_that_becomes_a_link_is_a_difference() {
    let robot = locked();
    fs::rename(
        robot.folder.path().join("data"),
        robot.folder.path().join("before"),
    )
    .unwrap();
    symlink("/usr", robot.folder.path().join("data")).unwrap();
    let expected = "plugin describes: folder.path: locked \"data\", now \"/usr\"";
    assert!(refusal(&robot).contains(expected));
}

#[test]
fn a_folder_that_is_gone_is_shown_as_it_is_written() {
    let robot = linked(Path::new("real"));
    turn(&robot, Path::new("nowhere"));
    let expected = "plugin describes: folder.path: locked \"real\", now \"data\"";
    assert!(refusal(&robot).contains(expected));
}

#[test]
fn a_robot_in_a_folder_that_is_reached_through_a_link_is_the_same() {
    let robot = locked();
    let lock = robot.read("robot.lock");
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("robot");
    symlink(robot.folder.path(), &link).unwrap();
    for arguments in [&["check", "--locked"][..], &["lock"]] {
        let output = gantry(&robot.folder)
            .args(arguments)
            .arg(link.join("robot.toml"))
            .output()
            .unwrap();
        assert_succeeded(&output);
    }
    assert_eq!(text(&robot.read("robot.lock")), text(&lock));
}
