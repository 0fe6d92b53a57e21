namespace ChatModels.AppHost.Tests;

internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("chatmodels-apphost-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
