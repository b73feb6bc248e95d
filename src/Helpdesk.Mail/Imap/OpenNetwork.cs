using System.Net;
using System.Net.Sockets;

namespace Helpdesk.Mail.Imap;

/// <summary>
/// Connections to hosts that an administrator typed: all addresses of the host are looked at first, and the connection goes to one that was looked at, so
/// that a name cannot point inwards the second time (DNS rebinding).
/// </summary>
internal static class OpenNetwork
{
    /// <exception cref="ImapException">No such host, a private one, or nobody listens.</exception>
    public static async Task<Socket> ConnectAsync(
        string host,
        int port,
        bool allowPrivate,
        CancellationToken cancellationToken
    )
    {
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(host, out var literal)
                ? [literal]
                : await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new ImapException(ImapTroubleKind.NotReachable, $"There is no host {host}.", e);
        }
        if (addresses.Length == 0)
            throw new ImapException(ImapTroubleKind.NotReachable, $"There is no host {host}.");
        if (!allowPrivate && Array.Exists(addresses, a => !IsPublic(a)))
            throw new ImapException(ImapTroubleKind.PrivateNetwork, $"{host} lies in a private network.");
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                // a peer that went away without a word is noticed even while nobody has anything to say
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw new ImapException(ImapTroubleKind.NotReachable, $"Nobody answers at {host}:{port}.", last);
    }

    /// <summary>Whether the address is one that everybody on the internet means the same machine by (IANA special-purpose registries).</summary>
    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily is AddressFamily.InterNetworkV6)
            return !IPAddress.IsLoopback(address)
                && !address.Equals(IPAddress.IPv6Any)
                && !address.IsIPv6LinkLocal
                && !address.IsIPv6SiteLocal
                && !address.IsIPv6UniqueLocal
                && !address.IsIPv6Multicast
                && !address.IsIPv6Teredo
                && !IsTranslation(address.GetAddressBytes());
        var b = address.GetAddressBytes();
        return b[0] switch
        {
            0 or 10 or 127 or >= 224 => false,
            100 => b[1] is not (>= 64 and <= 127),
            169 => b[1] != 254,
            172 => b[1] is not (>= 16 and <= 31),
            192 => b[1] != 168 && !(b[1] == 0 && b[2] is 0 or 2),
            198 => b[1] is not (18 or 19) && !(b[1] == 51 && b[2] == 100),
            203 => !(b[1] == 0 && b[2] == 113),
            _ => true,
        };
    }

    // 64:ff9b::/96, 64:ff9b:1::/48 and 2002::/16 carry an IPv4 address, which may be a private one
    private static bool IsTranslation(byte[] b) =>
        b[0] == 0x20 && b[1] == 0x02 || b[0] == 0 && b[1] == 0x64 && b[2] == 0xff && b[3] == 0x9b;
}
