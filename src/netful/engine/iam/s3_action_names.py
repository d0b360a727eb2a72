"""IAM's names of operations of S3 that differ from the operation's; "" for one whose action is not known here.

Names of actions that only differ in case are left out: policies compare without it.
"""

_CONFIGURATIONS = ("Analytics", "IntelligentTiering", "Inventory", "Metrics")
_NEW = ("Abac", "MetadataConfiguration", "MetadataTableConfiguration")
_WITHOUT_BUCKET = ("Lifecycle", "Encryption", "Replication")

OPERATIONS = {
    "ListBuckets": "ListAllMyBuckets",
    "ListDirectoryBuckets": "",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "HeadBucket": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "HeadObject": "GetObject",
    "SelectObjectContent": "GetObject",
    "CopyObject": "PutObject",
    "DeleteObjects": "DeleteObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "ListParts": "ListMultipartUploadParts",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    **{f"{verb}Bucket{of}": f"{'Get' if verb == 'Get' else 'Put'}{of}Configuration" for of in _WITHOUT_BUCKET
       for verb in ("Get", "Put", "Delete")},
    **{f"{verb}BucketLifecycleConfiguration": f"{verb}LifecycleConfiguration" for verb in ("Get", "Put")},
    **{f"{verb}Bucket{of}Configuration{'s' if verb == 'List' else ''}":
       f"{'Get' if verb in ('Get', 'List') else 'Put'}{of}Configuration" for of in _CONFIGURATIONS
       for verb in ("Get", "List", "Put", "Delete")},
    **dict.fromkeys(("CreateSession", "RenameObject", "WriteGetObjectResponse", "UpdateObjectEncryption"), ""),
    **{f"{verb}Bucket{of}": "" for verb in ("Create", "Get", "Put", "Delete") for of in _NEW},
    **{f"{verb}Object{of}": "" for verb in ("Get", "List", "Put", "Delete") for of in ("Annotation", "Annotations")},
    **{f"UpdateBucketMetadata{of}TableConfiguration": "" for of in ("Annotation", "Inventory", "Journal")},
}  # fmt: skip

_VERSIONED = frozenset({
    "GetObject", "DeleteObject", "GetObjectAcl", "PutObjectAcl", "GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging",
    "GetObjectAttributes",
})  # fmt: skip


def of_version(action: str) -> str:
    """Return the action on a version of an object (`s3:GetObjectVersion`) for that on the object."""
    prefix, _, name = action.partition(":")
    return f"{prefix}:{name.replace('Object', 'ObjectVersion', 1)}" if name in _VERSIONED else action
