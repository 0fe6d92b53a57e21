namespace ChatModels.Registry.Stores;

/// <summary>How much of the change log a store keeps. The newest entry is always kept, however large.</summary>
internal static class LogBound
{
    public const int MaxEntries = 1_000;
    public const long MaxBytes = 16 * 1024 * 1024;
}
