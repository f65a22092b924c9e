"""A cloud account for tests: of most kinds one resource that is well and one that is not."""

import json

REGION = "us-east-1"
TAGS = {"sen.gov.vn/agency": "H26", "sen.gov.vn/system": "portal"}
TAG_LIST = [{"Key": key, "Value": value} for key, value in TAGS.items()]
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "eks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class Maker:
    def __init__(self, client):
        self.client = client
        self.names = {}

    def keys(self):
        kms = self.client("kms")
        tags = [{"TagKey": key, "TagValue": value} for key, value in TAGS.items()]
        good = kms.create_key(Tags=tags)["KeyMetadata"]
        kms.enable_key_rotation(KeyId=good["KeyId"])
        bad = kms.create_key()["KeyMetadata"]
        signing = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
        self.names |= {
            "good-key": good["KeyId"],
            "bad-key": bad["KeyId"],
            "signing-key": signing["KeyId"],
        }
        return good["Arn"]

    def buckets(self, key):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="bare")
        s3.create_bucket(Bucket="records")
        s3.create_bucket(Bucket="kept", ObjectLockEnabledForBucket=True)
        s3.put_bucket_tagging(
            Bucket="kept",
            Tagging={"TagSet": [*TAG_LIST, {"Key": "sen.gov.vn/purpose", "Value": "evidence"}]},
        )
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
        s3.put_bucket_encryption(Bucket="kept", ServerSideEncryptionConfiguration={"Rules": [rule]})
        blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy")
        blocks = dict.fromkeys((*blocks, "RestrictPublicBuckets"), True)
        s3.put_public_access_block(Bucket="kept", PublicAccessBlockConfiguration=blocks)
        kept = {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 2}}
        s3.put_object_lock_configuration(
            Bucket="kept",
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": kept},
        )
        refusal = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::kept", "arn:aws:s3:::kept/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        s3.put_bucket_policy(
            Bucket="kept", Policy=json.dumps({"Version": "2012-10-17", "Statement": refusal})
        )
        self.allow_logging(s3)
        s3.put_bucket_logging(
            Bucket="kept",
            BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "records", "TargetPrefix": ""}},
        )

    @staticmethod
    def allow_logging(s3):
        s3.put_bucket_acl(
            Bucket="records",
            GrantReadACP='uri="http://acs.amazonaws.com/groups/s3/LogDelivery"',
            GrantWrite='uri="http://acs.amazonaws.com/groups/s3/LogDelivery"',
        )

    def machines(self):
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        ec2.create_tags(Resources=[vpc], Tags=TAG_LIST)
        self.client("logs").create_log_group(logGroupName="flows")
        role = self.client("iam").create_role(
            RoleName="flows", AssumeRolePolicyDocument=json.dumps(TRUST)
        )["Role"]["Arn"]
        ec2.create_flow_logs(
            ResourceIds=[vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName="flows",
            DeliverLogsPermissionArn=role,
        )
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
        open_subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.2.0/24")["Subnet"]["SubnetId"]
        ec2.modify_subnet_attribute(SubnetId=open_subnet, MapPublicIpOnLaunch={"Value": True})
        narrow = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
        wide = ec2.create_security_group(GroupName="open", Description="open", VpcId=vpc)["GroupId"]
        everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ec2.revoke_security_group_egress(GroupId=narrow, IpPermissions=[everything])
        ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
        ec2.authorize_security_group_ingress(
            GroupId=wide,
            IpPermissions=[
                {
                    **ssh,
                    "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                    "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
                },
                {**ssh, "UserIdGroupPairs": [{"GroupId": narrow}]},
            ],
        )
        self.run(ec2, subnet, open_subnet)
        self.names |= {"vpc": vpc, "narrow-group": narrow, "wide-group": wide}
        self.names |= {"subnet": subnet, "open-subnet": open_subnet}

    def run(self, ec2, subnet, open_subnet):
        image = ec2.describe_images()["Images"][0]["ImageId"]
        common = {"ImageId": image, "MinCount": 1, "MaxCount": 1}
        tokens = {"HttpTokens": "required", "HttpEndpoint": "enabled"}
        good, bad, gone = (
            ec2.run_instances(**common, SubnetId=place, MetadataOptions=options)["Instances"][0]
            for place, options in ((subnet, tokens), (open_subnet, {}), (subnet, {}))
        )
        ec2.terminate_instances(InstanceIds=[gone["InstanceId"]])
        zone = f"{REGION}a"
        sealed = ec2.create_volume(AvailabilityZone=zone, Size=1, Encrypted=True)["VolumeId"]
        plain = ec2.create_volume(AvailabilityZone=zone, Size=1)["VolumeId"]
        self.names |= {
            "good-machine": good["InstanceId"],
            "bad-machine": bad["InstanceId"],
            "gone-machine": gone["InstanceId"],
            "sealed-disk": sealed,
            "plain-disk": plain,
        }

    def identities(self):
        iam = self.client("iam")
        for name in ("an", "binh"):
            iam.create_user(UserName=name)
            iam.create_login_profile(UserName=name, Password="Sen-trang-2026!")  # noqa: S106 - bait
            iam.create_access_key(UserName=name)
        iam.create_user(UserName="machine")
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName="an")["VirtualMFADevice"]
        iam.enable_mfa_device(
            UserName="an",
            SerialNumber=device["SerialNumber"],
            AuthenticationCode1="123456",
            AuthenticationCode2="234567",
        )
        iam.put_user_policy(
            UserName="binh", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING)
        )
        anybody = {**TRUST, "Statement": {**TRUST["Statement"], "Principal": "*"}}
        iam.create_role(RoleName="open", AssumeRolePolicyDocument=json.dumps(anybody))
        iam.put_role_policy(
            RoleName="open", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING)
        )
        narrow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::kept/*"}
        document = {"Version": "2012-10-17", "Statement": narrow}
        iam.create_policy(PolicyName="narrow", PolicyDocument=json.dumps(document))
        arn = iam.create_policy(PolicyName="wide", PolicyDocument=json.dumps(document))
        iam.create_policy_version(
            PolicyArn=arn["Policy"]["Arn"],
            PolicyDocument=json.dumps(EVERYTHING),
            SetAsDefault=True,
        )

    def balancers(self):
        elb = self.client("elbv2")
        subnets = [self.names["subnet"]]
        good, bad = (
            elb.create_load_balancer(Name=name, Subnets=subnets, Type="network", Tags=TAG_LIST)[
                "LoadBalancers"
            ][0]["LoadBalancerArn"]
            for name in ("sealed", "clear")
        )
        group = elb.create_target_group(
            Name="web", Protocol="TCP", Port=443, VpcId=self.names["vpc"]
        )["TargetGroups"][0]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": group}]
        elb.create_listener(
            LoadBalancerArn=good,
            Protocol="TLS",
            Port=443,
            SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            Certificates=[{"CertificateArn": self.certificate()}],
            DefaultActions=forward,
        )
        elb.create_listener(LoadBalancerArn=bad, Protocol="TCP", Port=80, DefaultActions=forward)

    def certificate(self):
        acm = self.client("acm")
        return acm.request_certificate(DomainName="portal.gov.vn")["CertificateArn"]

    def trails(self, key):
        trail = self.client("cloudtrail")
        trail.create_trail(
            Name="whole",
            S3BucketName="kept",
            IsMultiRegionTrail=True,
            EnableLogFileValidation=True,
            KmsKeyId=key,
            TagsList=TAG_LIST,
        )
        trail.start_logging(Name="whole")
        trail.create_trail(Name="part", S3BucketName="kept")

    def clusters(self, key):
        eks = self.client("eks")
        role = "arn:aws:iam::123456789012:role/flows"
        network = {"subnetIds": [self.names["subnet"], self.names["open-subnet"]]}
        eks.create_cluster(
            name="private",
            roleArn=role,
            resourcesVpcConfig={**network, "endpointPublicAccess": False},
            logging={
                "clusterLogging": [
                    {"types": ["api", "audit", "authenticator"], "enabled": True},
                    {"types": ["scheduler"], "enabled": False},
                ]
            },
            encryptionConfig=[{"resources": ["secrets"], "provider": {"keyArn": key}}],
            tags=TAGS,
        )
        eks.create_cluster(name="open", roleArn=role, resourcesVpcConfig=network)
