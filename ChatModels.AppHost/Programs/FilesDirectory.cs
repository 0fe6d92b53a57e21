namespace ChatModels.AppHost.Programs;

/// <summary>Where Api and worker keep the files of batches while they run on this machine.</summary>
internal static class FilesDirectory
{
    /// <summary>The directory, made and with --fresh emptied. The lock on the data of Redis keeps two AppHosts apart here too.</summary>
    public static string Prepare(AppHostOptions options)
    {
        var path = Path.GetFullPath(Path.Combine(options.DataDirectory ?? BuildFacts.Artifacts, "files"));
        if (options.Fresh && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateDirectory(path);
        return path;
    }
}
