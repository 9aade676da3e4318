"""What CloudFormation does and moto's does not, as far as a deployment of ours needs it. Imported before the server starts.

Types of resources that moto does not know (API Gateway's, policies of queues, topics and buckets, metric filters) it leaves out of
a stack, with a warning in its log.
"""

import json
import secrets

from moto.cloudformation import parsing
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.kms.models import Key
from moto.secretsmanager.models import secretsmanager_backends


def validate_template(response):
    """Refuses what is no JSON. moto refuses a template for a warning of cfn-lint, and AWS for an error only; test/aws/run.sh checks our
    templates with cfn-lint, each once, since it takes seconds."""
    Stack.parse_template(response._get_param("TemplateBody") or template_at(response, response._get_param("TemplateURL")))
    return ActionResult({"Description": "", "Parameters": [], "Capabilities": [], "DeclaredTransforms": []})


template_at = CloudFormationResponse._get_stack_from_s3_url
CloudFormationResponse.validate_template = validate_template
# Our templates are JSON. moto reads them as YAML, several times for each deployment, for seconds each time.
Stack.parse_template = staticmethod(json.loads)

delete_known_stack = CloudFormationBackend.delete_stack


def delete_stack(backend, name):
    """moto knows only the exports that a stack was created with, and fails for one that an update added."""
    for stack in backend.stacks.values():
        if name in (stack.name, stack.stack_id):
            for export in stack.exports:
                backend.exports.setdefault(export.name, export)
    delete_known_stack(backend, name)


CloudFormationBackend.delete_stack = delete_stack

with_generated_name = parsing.parse_resource_and_generate_name


def name_resource(logical_id, resource_json, resources_map):
    """CloudFormation gives a FIFO queue a name that ends in `.fifo`, as SQS demands; moto gives it any."""
    named = with_generated_name(logical_id, resource_json, resources_map)
    if not named:
        return named
    resource_class, cleaned, name = named
    is_fifo = cleaned["Properties"].get("FifoQueue") is True and not name.endswith(".fifo")
    return resource_class, cleaned, f"{name}.fifo" if is_fifo else name


parsing.parse_resource_and_generate_name = name_resource

update_known = parsing.parse_and_update_resource


def update_resource(logical_id, resource_json, resources_map, **where):
    """A resource of a type that moto cannot update stays as it was; moto forgets it, so that nothing can refer to it any more."""
    return update_known(logical_id, resource_json, resources_map, **where) or resources_map[logical_id]


parsing.parse_and_update_resource = update_resource

delete_known = parsing.ResourceMap._delete_resource


def delete_resource(resources, parsed_resource, resource_json):
    """A resource that a new template no longer has stays where its DeletionPolicy says so; moto keeps to that only when the whole stack
    is deleted."""
    if resource_json.get("DeletionPolicy") != "Retain":
        delete_known(resources, parsed_resource, resource_json)


parsing.ResourceMap._delete_resource = delete_resource


create_known_key = Key.create_from_cloudformation_json.__func__


def create_key(cls, resource_name, cloudformation_json, *more, **kwargs):
    """moto keeps the policy of a key as text, and takes it from a template as an object: each later question about the key would fail."""
    properties = cloudformation_json["Properties"]
    policy = json.dumps(properties["KeyPolicy"])
    cleaned = {**cloudformation_json, "Properties": {**properties, "KeyPolicy": policy}}
    return create_known_key(cls, resource_name, cleaned, *more, **kwargs)


Key.create_from_cloudformation_json = classmethod(create_key)


def generated(settings):
    """The value of a secret that CloudFormation generates."""
    if settings is None:
        return None
    value = json.loads(settings["SecretStringTemplate"])
    value[settings["GenerateStringKey"]] = secrets.token_hex(settings["PasswordLength"] // 2)
    return json.dumps(value)


class Secret(CloudFormationModel):
    """A secret without a value, or with one that is generated. CloudFormation's `Ref` of it is its ARN."""

    # moto files each class under the service that its module names.
    __module__ = "moto.secretsmanager.models"

    def __init__(self, arn, region):
        self.physical_resource_id = arn
        self.region = region

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @staticmethod
    def cloudformation_type():
        return "AWS::SecretsManager::Secret"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        properties = cloudformation_json["Properties"]
        made = secretsmanager_backends[account_id][region_name].create_secret(
            name=resource_name,
            secret_string=generated(properties.get("GenerateSecretString")),
            secret_binary=None,
            description=properties.get("Description"),
            tags=properties.get("Tags"),
            kms_key_id=properties.get("KmsKeyId"),
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        return cls(json.loads(made)["ARN"], region_name)

    def delete(self, account_id, region_name):
        # The SDK reaches this only for a secret whose DeletionPolicy is not Retain.
        secretsmanager_backends[account_id][region_name].delete_secret(
            self.physical_resource_id, recovery_window_in_days=None, force_delete_without_recovery=True
        )


class Alarm(CloudFormationModel):
    """An alarm with its description and its topic; it watches no metric."""

    __module__ = "moto.cloudwatch.models"

    def __init__(self, name, arn, region):
        self.physical_resource_id = name
        self.arn = arn
        self.region = region

    @staticmethod
    def cloudformation_name_type():
        return "AlarmName"

    @staticmethod
    def cloudformation_type():
        return "AWS::CloudWatch::Alarm"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        properties = cloudformation_json["Properties"]
        made = cloudwatch_backends[account_id][region_name].put_metric_alarm(
            name=resource_name,
            namespace="",
            metric_name="",
            comparison_operator=properties["ComparisonOperator"],
            evaluation_periods=properties["EvaluationPeriods"],
            period=60,
            threshold=properties["Threshold"],
            statistic="Sum",
            description=properties["AlarmDescription"],
            dimensions=[],
            alarm_actions=properties["AlarmActions"],
        )
        return cls(made.name, made.alarm_arn, region_name)

    def get_cfn_attribute(self, attribute_name):
        return {"Arn": self.arn}[attribute_name]

    def delete(self, account_id, region_name):
        cloudwatch_backends[account_id][region_name].delete_alarms([self.physical_resource_id])
