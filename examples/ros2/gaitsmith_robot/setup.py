from glob import glob

from setuptools import setup

NAME = "gaitsmith_robot"

setup(
    name=NAME,
    version="0.1.0",
    packages=[NAME],
    data_files=[
        ("share/ament_index/resource_index/packages", ["resource/" + NAME]),
        ("share/" + NAME, ["package.xml"]),
        ("share/" + NAME + "/launch", glob("launch/*.launch.py")),
    ],
    install_requires=["setuptools"],
    zip_safe=True,
    license="Apache-2.0",
    description="The robot's side of gaitsmith over rosbridge: a watchdog, and a sample robot to start from.",
    entry_points={
        "console_scripts": [
            "watchdog_node = gaitsmith_robot.watchdog_node:main",
            "sample_robot_node = gaitsmith_robot.sample_robot_node:main",
        ],
    },
)
