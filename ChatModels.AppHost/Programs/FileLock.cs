namespace ChatModels.AppHost.Programs;

/// <summary>A file that one process of this machine has at a time; it is free again when that process ends, however it ends.</summary>
internal static class FileLock
{
    /// <summary>Takes it, or returns null while another process has it.</summary>
    public static IDisposable? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (problem.GetType() == typeof(IOException))
        {
            return null; // the derived ones (no such directory, path too long) are other problems
        }
    }
}
