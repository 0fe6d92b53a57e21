using System.Runtime.InteropServices;
using ChatModels.Secrets;
using ChatModels.Testing;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ChatModels.Tests.Secrets;

public sealed class SecretDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("chatmodels-secrets-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Get_FileOfThatName_GivesItsText()
    {
        Write("first", "openai-eu", "sk-1\n");
        Write("first", "with__two", "sk-2");
        Write("first", ".hidden", "sk-3");
        using var store = StoreOver("first");

        Assert.Equal(("sk-1", "sk-2", null), (store.Get("openai-eu").Value, store.Get("with__two").Value, store.Get(".hidden").Value));
    }

    [Fact]
    public void Get_SeveralSources_TakesConfigurationThenDirectoriesInTheirOrder()
    {
        Write("first", "b", "first-b");
        Write("second", "a", "second-a");
        Write("second", "b", "second-b");
        Write("second", "c", "second-c");
        using var store = StoreOver(["first", "second"], ("Secrets:a", "configured-a"));

        Assert.Equal(("configured-a", "first-b", "second-c"), (store.Get("a").Value, store.Get("b").Value, store.Get("c").Value));
    }

    [Fact]
    public async Task Changed_KubernetesSwapsItsLink_BringsTheNewValueWithoutARestart()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Replacing a symbolic link by renaming another over it needs POSIX.");

        // What the kubelet does: NAME -> ..data/NAME, ..data -> ..VERSION, and a new ..data renamed over the old one.
        Write("mount/..v1", "openai-eu", "sk-old");
        Write("mount/..v2", "openai-eu", "sk-new");
        File.CreateSymbolicLink(Path("mount/..data"), "..v1");
        File.CreateSymbolicLink(Path("mount/openai-eu"), "..data/openai-eu");
        File.SetLastWriteTimeUtc(Path("mount/..v1/openai-eu"), new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(Path("mount/..v2/openai-eu"), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using var store = StoreOver("mount");
        var secret = store.Get("openai-eu");
        Assert.Equal("sk-old", secret.Value);
        var changed = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Changed += () => changed.TrySetResult(secret.Value);

        File.CreateSymbolicLink(Path("mount/..data_tmp"), "..v2");
        Assert.Equal(0, Rename(Path("mount/..data_tmp"), Path("mount/..data")));

        await WaitUntil.SignalAsync(changed.Task, "the new secret", TimeSpan.FromSeconds(30), Ct);
        Assert.Equal("sk-new", await changed.Task);
        Assert.Same(secret, store.Get("openai-eu"));
    }

    private string Path(string name) => System.IO.Path.Combine(_root, name);

    private void Write(string directory, string name, string text)
    {
        Directory.CreateDirectory(Path(directory));
        File.WriteAllText(Path($"{directory}/{name}"), text);
    }

    private SecretStore StoreOver(string directory) => StoreOver([directory]);

    private SecretStore StoreOver(string[] directories, params (string Key, string Value)[] settings)
    {
        var all = directories.Select((directory, index) => ($"ChatModels:Secrets:Directories:{index}", Path(directory))).Concat(settings);
        return new(new ConfigurationBuilder().AddInMemoryCollection(all.ToDictionary(setting => setting.Item1, setting => (string?)setting.Item2)).Build());
    }

    // File.Move and Directory.Move both follow a link to a directory.
    [DllImport("libc", EntryPoint = "rename", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(string from, string to);
}
