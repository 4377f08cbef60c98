"""What AWS describes, in the words of CloudFormation. One file for each subject; each answers ``(type, properties)`` of what
carries the tag of a deployment, and of its parts. Source: AWS CloudFormation template reference."""
