// What Trivy 0.74's checks of Dockerfiles and CloudFormation templates are called besides their id: an ignore comment may use any of the names, and the
// report holds none of them. Each line is an id, the prefix of its long name, its short name and, for some, names it had before.

const NAMES = `
DS-0001 docker use-specific-tags
DS-0002 docker least-privilege-user
DS-0004 docker no-ssh-port
DS-0005 docker use-copy-over-add
DS-0006 docker no-self-referencing-copy-from
DS-0007 docker only-one-entrypoint
DS-0008 docker port-out-of-range
DS-0009 docker user-absolute-workdir
DS-0010 docker no-sudo-run
DS-0011 docker use-slash-for-copy-args
DS-0012 docker no-duplicate-alias
DS-0013 docker use-workdir-over-cd
DS-0014 docker standardise-remote-get
DS-0015 docker purge-yum-package-cache
DS-0016 docker only-one-cmd
DS-0017 docker no-orphan-package-update
DS-0019 docker purge-dnf-package-cache
DS-0020 docker purge-zipper-cache
DS-0021 docker use-apt-auto-confirm
DS-0022 docker no-maintainer
DS-0023 docker only-one-healthcheck
DS-0024 docker no-dist-upgrade
DS-0025 docker purge-apk-package-cache
DS-0026 docker no-healthcheck
DS-0027 docker purge-microdnf-package-cache
DS-0029 docker use-apt-no-install-recommends
DS-0030 docker avoid-sys-workdir-mounts
DS-0031 docker do-not-pass-secrets
AWS-0001 aws-apigateway enable-access-logging
AWS-0002 aws-apigateway enable-cache-encryption
AWS-0003 aws-apigateway enable-tracing
AWS-0004 aws-apigateway no-public-access
AWS-0005 aws-apigateway use-secure-tls-policy
AWS-0006 aws-athena enable-at-rest-encryption
AWS-0007 aws-athena no-encryption-override
AWS-0008 aws-ec2 enable-launch-config-at-rest-encryption aws-autoscaling-enable-at-rest-encryption
AWS-0009 aws-ec2 no-public-ip
AWS-0010 aws-cloudfront enable-logging
AWS-0011 aws-cloudfront enable-waf
AWS-0012 aws-cloudfront enforce-https
AWS-0013 aws-cloudfront use-secure-tls-policy
AWS-0014 aws-cloudtrail enable-all-regions
AWS-0015 aws-cloudtrail encryption-customer-managed-key
AWS-0016 aws-cloudtrail enable-log-validation
AWS-0017 aws-cloudwatch log-group-customer-key
AWS-0018 aws-codebuild enable-encryption
AWS-0019 aws-config aggregate-all-regions
AWS-0020 aws-documentdb enable-log-export
AWS-0021 aws-documentdb enable-storage-encryption
AWS-0022 aws-documentdb encryption-customer-key
AWS-0023 aws-dynamodb enable-at-rest-encryption
AWS-0024 aws-dynamodb enable-recovery
AWS-0025 aws-dynamodb table-customer-key
AWS-0026 aws-ec2 enable-volume-encryption aws-ebs-enable-volume-encryption
AWS-0027 aws-ec2 volume-encryption-customer-key aws-ebs-encryption-customer-key
AWS-0028 aws-ec2 enforce-http-token-imds
AWS-0029 aws-ec2 no-secrets-in-user-data aws-autoscaling-no-public-ip
AWS-0030 aws-ecr enable-image-scans
AWS-0031 aws-ecr enforce-immutable-repository
AWS-0032 aws-ecr no-public-access
AWS-0033 aws-ecr repository-customer-key
AWS-0034 aws-ecs enable-container-insight
AWS-0035 aws-ecs enable-in-transit-encryption
AWS-0036 aws-ecs no-plaintext-secrets
AWS-0037 aws-efs enable-at-rest-encryption
AWS-0038 aws-eks enable-control-plane-logging
AWS-0039 aws-eks encrypt-secrets
AWS-0040 aws-eks no-public-cluster-access
AWS-0041 aws-eks no-public-cluster-access-to-cidr
AWS-0042 aws-elasticsearch enable-domain-logging
AWS-0043 aws-elasticsearch enable-in-transit-encryption
AWS-0045 aws-elasticache enable-at-rest-encryption
AWS-0046 aws-elasticsearch enforce-https
AWS-0047 aws-elb use-secure-tls-policy
AWS-0048 aws-elasticsearch enable-domain-encryption
AWS-0049 aws-elasticache add-description-for-security-group
AWS-0050 aws-elasticache enable-backup-retention
AWS-0051 aws-elasticache enable-in-transit-encryption
AWS-0052 aws-elb drop-invalid-headers
AWS-0053 aws-elb alb-not-public
AWS-0054 aws-elb http-not-used
AWS-0056 aws-iam no-password-reuse
AWS-0057 aws-iam no-policy-wildcards
AWS-0058 aws-iam require-lowercase-in-passwords
AWS-0059 aws-iam require-numbers-in-passwords
AWS-0060 aws-iam require-symbols-in-passwords
AWS-0061 aws-iam require-uppercase-in-passwords
AWS-0062 aws-iam set-max-password-age
AWS-0063 aws-iam set-minimum-password-length
AWS-0064 aws-kinesis enable-in-transit-encryption
AWS-0065 aws-kms auto-rotate-keys
AWS-0066 aws-lambda enable-tracing
AWS-0067 aws-lambda restrict-source-arn
AWS-0070 aws-mq enable-audit-logging
AWS-0071 aws-mq enable-general-logging
AWS-0072 aws-mq no-public-access
AWS-0073 aws-msk enable-in-transit-encryption
AWS-0074 aws-msk enable-logging
AWS-0075 aws-neptune enable-log-export
AWS-0076 aws-neptune enable-storage-encryption
AWS-0077 aws-rds specify-backup-retention
AWS-0078 aws-rds performance-insights-encryption-customer-key
AWS-0079 aws-rds encrypt-cluster-storage-data
AWS-0080 aws-rds encrypt-instance-storage-data
AWS-0083 aws-redshift add-description-to-security-group
AWS-0084 aws-redshift encryption-customer-key
AWS-0085 aws-redshift no-classic-resources
AWS-0086 aws-s3 block-public-acls
AWS-0087 aws-s3 block-public-policy
AWS-0088 aws-s3 enable-bucket-encryption
AWS-0089 aws-s3 enable-logging s3-bucket-logging
AWS-0090 aws-s3 enable-versioning
AWS-0091 aws-s3 ignore-public-acls
AWS-0092 aws-s3 no-public-access-with-acl
AWS-0093 aws-s3 no-public-buckets
AWS-0094 aws-s3 specify-public-access-block
AWS-0095 aws-sns enable-topic-encryption
AWS-0096 aws-sqs enable-queue-encryption
AWS-0097 aws-sqs no-wildcards-in-policy-documents
AWS-0098 aws-ssm secret-use-customer-key
AWS-0099 aws-ec2 add-description-to-security-group aws-vpc-add-description-to-security-group
AWS-0101 aws-ec2 no-default-vpc aws-vpc-no-default-vpc
AWS-0102 aws-ec2 no-excessive-port-access aws-vpc-no-excessive-port-access
AWS-0104 aws-ec2 no-public-egress-sgr aws-vpc-no-public-egress-sgr
AWS-0105 aws-ec2 no-public-ingress-acl aws-vpc-no-public-ingress-acl
AWS-0107 aws-ec2 no-public-ingress-sgr
AWS-0109 aws-workspaces enable-disk-encryption
AWS-0110 aws-sam enable-api-cache-encryption
AWS-0111 aws-sam enable-api-tracing
AWS-0112 aws-sam api-use-secure-tls-policy
AWS-0113 aws-sam enable-api-access-logging
AWS-0114 aws-sam no-function-policy-wildcards
AWS-0116 aws-sam enable-http-api-access-logging
AWS-0117 aws-sam enable-state-machine-tracing
AWS-0119 aws-sam enable-state-machine-logging
AWS-0120 aws-sam no-state-machine-policy-wildcards
AWS-0121 aws-sam enable-table-encryption
AWS-0122 aws-ec2 no-sensitive-info aws-autoscaling-no-sensitive-info
AWS-0123 aws-iam enforce-group-mfa aws-iam-enforce-mfa
AWS-0124 aws-ec2 add-description-to-security-group-rule aws-vpc-add-description-to-security-group-rule
AWS-0125 aws-sam enable-function-tracing
AWS-0126 aws-elasticsearch use-secure-tls-policy
AWS-0127 aws-redshift use-vpc
AWS-0128 aws-neptune encryption-customer-key
AWS-0129 aws-ec2 no-secrets-in-launch-template-user-data aws-autoscaling-no-secrets-in-user-data
AWS-0130 aws-ec2 enforce-launch-config-http-token-imds aws-autoscaling-enforce-http-token-imds
AWS-0131 aws-ec2 enable-at-rest-encryption
AWS-0132 aws-s3 encryption-customer-key
AWS-0133 aws-rds enable-performance-insights
AWS-0134 aws-ssm avoid-leaks-via-http
AWS-0135 aws-sqs queue-encryption-use-cmk
AWS-0136 aws-sns topic-encryption-use-cmk
AWS-0137 aws-emr enable-at-rest-encryption
AWS-0138 aws-emr enable-in-transit-encryption
AWS-0139 aws-emr enable-local-disk-encryption
AWS-0140 aws-iam limit-root-account-usage
AWS-0141 aws-iam no-root-access-keys
AWS-0142 aws-iam enforce-root-mfa
AWS-0143 aws-iam no-user-attached-policies
AWS-0144 aws-iam disable-unused-credentials
AWS-0145 aws-iam enforce-user-mfa
AWS-0146 aws-iam rotate-access-keys
AWS-0147 aws-cloudwatch require-unauthorised-api-call-alarm
AWS-0148 aws-cloudwatch require-non-mfa-login-alarm
AWS-0149 aws-cloudwatch require-root-user-usage-alarm
AWS-0150 aws-cloudwatch require-iam-policy-change-alarm
AWS-0151 aws-cloudwatch require-cloud-trail-change-alarm
AWS-0152 aws-cloudwatch require-console-login-failures-alarm
AWS-0153 aws-cloudwatch require-cmk-disabled-alarm
AWS-0154 aws-cloudwatch require-s3-bucket-policy-change-alarm
AWS-0155 aws-cloudwatch require-config-configuration-changes-alarm
AWS-0156 aws-cloudwatch require-sg-change-alarms
AWS-0157 aws-cloudwatch require-nacl-changes-alarm
AWS-0158 aws-cloudwatch require-network-gateway-changes-alarm
AWS-0159 aws-cloudwatch require-network-gateway-changes-alarm
AWS-0160 aws-cloudwatch require-vpc-changes-alarm
AWS-0161 aws-cloudtrail no-public-log-access
AWS-0162 aws-cloudtrail ensure-cloudwatch-integration
AWS-0163 aws-cloudtrail require-bucket-access-logging
AWS-0164 aws-ec2 no-public-ip-subnet aws-vpc-no-public-ingress-sgr
AWS-0165 aws-iam enforce-root-hardware-mfa
AWS-0166 aws-iam disable-unused-credentials-45-days
AWS-0167 aws-iam limit-user-access-keys
AWS-0168 aws-iam remove-expired-certificates
AWS-0169 aws-iam require-support-role
AWS-0170 aws-s3 require-mfa-delete
AWS-0171 aws-s3 enable-object-write-logging
AWS-0172 aws-s3 enable-object-read-logging
AWS-0173 aws-ec2 restrict-all-in-default-sg
AWS-0174 aws-cloudwatch require-org-changes-alarm
AWS-0175 aws-accessanalyzer enable-access-analyzer
AWS-0176 aws-rds enable-iam-auth
AWS-0177 aws-rds enable-deletion-protection
AWS-0178 aws-ec2 require-vpc-flow-logs-for-all-vpcs aws-autoscaling-enable-at-rest-encryption
AWS-0179 aws-msk enable-at-rest-encryption
AWS-0180 aws-rds enable-public-access
AWS-0190 aws-apigateway enable-cache
AWS-0320 aws-s3 dns-compliant-name
AWS-0342 aws-iam filter-passrole-access
AWS-0343 aws-rds enable-cluster-deletion-protection
AWS-0344 aws-ami ensure-ami-has-owners
AWS-0345 aws-iam no-s3-full-access
AWS-0346 aws-iam unauthorized-bucket-access
`;

const BY_ID = new Map(NAMES.trim().split("\n").map(entryOf));

function entryOf(line: string): [string, readonly string[]] {
  const [id = "", prefix = "", name = "", ...former] = line.split(" ");
  const undashed = prefix === "docker" ? [id.replace("-0", "")] : [];
  return [id, [id, `AVD-${id}`, ...undashed, `${prefix}-${name}`, name, ...former]];
}

/** Every name an ignore comment may use for a check (https://github.com/aquasecurity/trivy-checks); of an unknown check its id alone. */
export function namesOfCheck(id: string): readonly string[] {
  return BY_ID.get(id) ?? [id];
}
