"""How the API spells the requirements on instance types, which launch templates and groups both have."""

REQUIREMENTS = {
    "acceleratorTotalMemoryMib": "AcceleratorTotalMemoryMiB",
    "memoryGibPerVcpu": "MemoryGiBPerVCpu",
    "memoryMib": "MemoryMiB",
    "totalLocalStorageGb": "TotalLocalStorageGB",
    "vcpuCount": "VCpuCount",
}
