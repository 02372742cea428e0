/*
 * metal/log.c: the serial port and the few formats that a kernel's lines need.
 */
#include "metal/log.h"

#include <stdarg.h>

#include "metal/platform.h"
#include "metal/port.h"

#define UART_DATA          0
#define UART_INTERRUPTS    1
#define UART_FIFO          2
#define UART_LINE          3
#define UART_MODEM         4
#define UART_STATUS        5
#define UART_DIVISOR_LATCH 0x80
#define UART_8N1           0x03
#define UART_CAN_SEND      0x20
#define SEND_LOOKS         100000u /* a dead port costs time, not the mission */

void log_open(void)
{
    uint16_t port = platform.serial_port;

    port_out8(port + UART_INTERRUPTS, 0);
    port_out8(port + UART_LINE, UART_DIVISOR_LATCH);
    port_out8(port + UART_DATA, 1); /* 115200 */
    port_out8(port + UART_INTERRUPTS, 0);
    port_out8(port + UART_LINE, UART_8N1);
    port_out8(port + UART_FIFO, 0x07);
    port_out8(port + UART_MODEM, 0x03);
}

static void send(char c)
{
    uint16_t port = platform.serial_port;

    for (uint32_t i = 0; i < SEND_LOOKS; i++)
        if ((port_in8(port + UART_STATUS) & UART_CAN_SEND) != 0)
            break;
    port_out8(port + UART_DATA, (uint8_t)c);
}

static void send_text(const char *text)
{
    for (; *text != '\0'; text++)
        send(*text);
}

/* At least `least` digits. */
static void send_number(uint64_t number, uint64_t base, int least)
{
    char digits[20];
    int count = 0;

    while (number != 0 || count < least) {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    }
    while (count != 0)
        send(digits[--count]);
}

static void send_hole(char kind, va_list *arguments)
{
    switch (kind) {
    case 's':
        send_text(va_arg(*arguments, const char *));
        break;
    case 'x':
        send_number(va_arg(*arguments, uint64_t), 16, 1);
        break;
    case 'X':
        send_number(va_arg(*arguments, uint64_t), 16, 16);
        break;
    case 'v':
        send_number(va_arg(*arguments, uint64_t), 16, 2);
        break;
    case 'd': {
        int64_t number = va_arg(*arguments, int64_t);

        if (number < 0)
            send('-');
        send_number(number < 0 ? -(uint64_t)number : (uint64_t)number, 10, 1);
        break;
    }
    default:
        send_number(va_arg(*arguments, uint64_t), 10, 1);
    }
}

static void send_format(const char *format, va_list *arguments)
{
    for (; *format != '\0'; format++) {
        if (*format == '%')
            send_hole(*++format, arguments);
        else
            send(*format);
    }
}

void log_part(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    send_format(format, &arguments);
    va_end(arguments);
}

void log_line(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    send_text("[AETHER] ");
    send_format(format, &arguments);
    send_text("\n");
    va_end(arguments);
}
